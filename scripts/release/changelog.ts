/** The headings of a changelog in the form of https://keepachangelog.com. @module */

const UNRELEASED = "## Unreleased\n";

/**
 * Returns the changelog with a heading of a version over the changes that were unreleased.
 *
 * @param date the day of the release, as in `2026-12-01`
 * @throws {Error} when there are no changes, or the version has a heading
 */
export function withRelease(changelog: string, version: string, date: string): string {
  if (headingOf(changelog, version)) throw new Error(`CHANGELOG.md has a heading of ${version}`);
  const at = changelog.indexOf(UNRELEASED);
  if (at < 0) throw new Error(`CHANGELOG.md has no heading "${UNRELEASED.trim()}"`);
  if (!hasUnreleased(changelog)) throw new Error("CHANGELOG.md has no unreleased changes");
  const after = changelog.slice(at + UNRELEASED.length);
  return `${changelog.slice(0, at)}${UNRELEASED}\n## ${version} - ${date}\n${after}`;
}

/** Reports whether the changelog has changes that are not released. */
export function hasUnreleased(changelog: string): boolean {
  const [, after = ""] = changelog.split(UNRELEASED);
  return /^[-*] /m.test(after.split(/^## /m)[0]);
}

/**
 * Returns the changes of a version, without its heading.
 *
 * @throws {Error} when there are none
 */
export function notesOf(changelog: string, version: string): string {
  const heading = headingOf(changelog, version);
  if (!heading) throw new Error(`CHANGELOG.md has no heading "## ${version} - DATE"`);
  const notes = changelog.slice(heading.index + heading[0].length).split(/^## /m)[0].trim();
  if (notes === "") throw new Error(`CHANGELOG.md has no changes of ${version}`);
  return notes;
}

function headingOf(changelog: string, version: string): RegExpExecArray | null {
  return new RegExp(`^## ${version.replaceAll(".", "\\.")} - \\d{4}-\\d\\d-\\d\\d$`, "m")
    .exec(changelog);
}

/** The changelog of a release: `deno task release`. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { notesOf, withRelease } from "../../scripts/release/changelog.ts";
import { lackingFor } from "../../scripts/release/check.ts";

const changelog = `# Changelog

## Unreleased

### Added

- Something.

## 0.1.0 - 2026-12-01

- Everything.
`;

Deno.test("a release gives the unreleased changes a heading, and leaves room for the next", () => {
  const released = withRelease(changelog, "0.2.0", "2027-01-31");
  assert.match(
    released,
    /^## Unreleased\n\n## 0\.2\.0 - 2027-01-31\n\n### Added\n\n- Something\.\n/m,
  );
  assert.equal(notesOf(released, "0.2.0"), "### Added\n\n- Something.");
  assert.equal(notesOf(released, "0.1.0"), "- Everything.");
});

Deno.test("a version is released once, and only with changes", () => {
  assert.throws(() => withRelease(changelog, "0.1.0", "2027-01-31"), /has a heading of 0\.1\.0/);
  const released = withRelease(changelog, "0.2.0", "2027-01-31");
  assert.throws(() => withRelease(released, "0.3.0", "2027-02-28"), /no unreleased changes/);
});

Deno.test("a version without a heading has no notes", () => {
  assert.throws(() => notesOf(changelog, "0.2.0"), /no heading "## 0\.2\.0 - DATE"/);
  // The dots of a version are no wildcards.
  assert.throws(() => notesOf(changelog, "0x1.0"), /no heading/);
});

const [test] = await gate(["read", "write"], () => Promise.resolve({}));

/** Writes the files of a tree to a folder. */
async function writeTree(folder: string, changes: string, version: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ version }));
  await Deno.writeTextFile(`${folder}/CHANGELOG.md`, changes);
}

// A tag without its heading in the changelog failed in the last step, after an hour, with the image pushed.
test("a tag is refused whose tree lacks the version, its changes or its recorded calls", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeTree(folder, changelog, "0.1.1");
    assert.deepEqual(await lackingFor("v0.2.0", folder), [
      "deno.json has the version 0.1.1, not that of v0.2.0",
      'CHANGELOG.md has no heading "## 0.1.1 - DATE"',
      "CHANGELOG.md has unreleased changes",
      "There is no tests/compatibility/releases/0.1.1.json: run `deno task compatibility --record`",
    ]);
    await writeTree(folder, withRelease(changelog, "0.2.0", "2027-01-31"), "0.2.0");
    await Deno.mkdir(`${folder}/tests/compatibility/releases`, { recursive: true });
    await Deno.writeTextFile(`${folder}/tests/compatibility/releases/0.2.0.json`, "{}");
    assert.deepEqual(await lackingFor("v0.2.0", folder), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("the changelog has unreleased changes, or ends a release, in the form that a release needs", async () => {
  const { version } = JSON.parse(
    await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
  );
  const text = await Deno.readTextFile(new URL("../../CHANGELOG.md", import.meta.url));
  const next = "999.0.0";
  const isReleased = /^## Unreleased\n+## /m.test(text);
  assert.ok(
    notesOf(isReleased ? text : withRelease(text, next, "2027-01-01"), isReleased ? version : next),
  );
});

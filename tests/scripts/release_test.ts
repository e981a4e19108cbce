/** The changelog of a release: `deno task release`. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { notesOf, withRelease } from "../../scripts/release/changelog.ts";

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

const [test] = await gate(["read"], () => Promise.resolve({}));

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

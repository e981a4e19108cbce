/**
 * The version and the changelog of a release.
 *
 *     deno task release 0.2.0             sets the version, and gives the unreleased changes a heading
 *     deno task release --notes 0.2.0     prints the changes of a version
 *     deno task release --check v0.2.0    fails unless this tree can be released by that tag
 *
 * The changelog is in the form of https://keepachangelog.com.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { notesOf, withRelease } from "./release/changelog.ts";
import { lackingFor } from "./release/check.ts";
import { root } from "./compile/program.ts";

const changelog = join(root, "CHANGELOG.md");
const config = join(root, "deno.json");

const { values: { notes, check }, positionals: [given = ""] } = parseArgs({
  options: {
    notes: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const version = check ? given.replace(/^v/, "") : given;

if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
  console.error("Name a version, such as 0.2.0 (https://semver.org)");
  Deno.exit(2);
}
const text = await Deno.readTextFile(changelog);
if (check) {
  const lacking = await lackingFor(given, root);
  for (const line of lacking) console.error(line);
  if (lacking.length > 0) Deno.exit(1);
} else if (notes) {
  console.log(notesOf(text, version));
} else {
  const today = new Date().toISOString().slice(0, 10);
  await Deno.writeTextFile(changelog, withRelease(text, version, today));
  const before = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, before.replace(/("version": )"[^"]*"/, `$1"${version}"`));
  console.log(
    `CHANGELOG.md and deno.json are those of ${version}: commit them, and push the tag v${version}`,
  );
}

/** The check that a tree is that of a release. @module */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasUnreleased, notesOf } from "./changelog.ts";

/**
 * Returns what a tree lacks to be released by a tag; nothing when it can be.
 *
 * @param tag such as `v0.2.0`
 * @param root the folder of the tree
 */
export async function lackingFor(tag: string, root: string): Promise<string[]> {
  const { version } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const changelog = await Deno.readTextFile(join(root, "CHANGELOG.md"));
  const lacking: string[] = [];
  if (tag !== `v${version}`) {
    lacking.push(`deno.json has the version ${version}, not that of ${tag}`);
  }
  try {
    notesOf(changelog, version);
  } catch (error) {
    lacking.push((error as Error).message);
  }
  if (hasUnreleased(changelog)) lacking.push("CHANGELOG.md has unreleased changes");
  const recording = `tests/compatibility/releases/${version}.json`;
  if (!existsSync(join(root, recording))) {
    lacking.push(`There is no ${recording}: run \`deno task compatibility --record\``);
  }
  return lacking;
}

/**
 * Checks `proto/` with buf: style, and changes since a base commit that break clients. The base is `--base COMMIT`,
 * or the previous commit. Without one (a first commit, a shallow clone), only style is checked.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPeer, type Output, run } from "../tests/_support/peers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: { base = "HEAD~1" } } = parseArgs({ options: { base: { type: "string" } } });

const buf = findPeer("buf");
if (!buf) {
  console.error("buf is not installed: run deno task peers");
  Deno.exit(1);
}

report("buf lint", await run(buf, "lint", root));
const git = (...args: string[]) => run("git", "-C", root, ...args);
if ((await git("rev-parse", "--verify", "--quiet", `${base}^{commit}`)).code !== 0) {
  console.log(`buf breaking: skipped, there is no commit ${base}`);
} else {
  const before = await Deno.makeTempDir();
  try {
    const archive = `${before}/proto.tar`;
    await git("archive", `--output=${archive}`, base, "proto");
    await run("tar", "-xf", archive, "-C", before);
    await Deno.copyFile(`${root}buf.yaml`, `${before}/buf.yaml`);
    report(`buf breaking since ${base}`, await run(buf, "breaking", root, "--against", before));
  } finally {
    await Deno.remove(before, { recursive: true });
  }
}

function report(check: string, { code, stdout, stderr }: Output): void {
  console.log(`${check}: ${code === 0 ? "ok" : "failed"}`);
  if (code === 0) return;
  console.error(stdout + stderr);
  Deno.exitCode = 1;
}

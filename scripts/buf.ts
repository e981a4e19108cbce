/**
 * Checks `proto/` with buf: style, and changes that break clients, since each release (by the descriptors that
 * `deno task compatibility --record` wrote) and since a base commit: `--base COMMIT`, or the previous one. Without it
 * (a first commit, a shallow clone) that check is skipped.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findPeer, type Output, run } from "../tests/_support/peers.ts";
import { descriptorSetOf, readRecordings } from "./compatibility/recording.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: { base = "HEAD~1" } } = parseArgs({ options: { base: { type: "string" } } });

const buf = findPeer("buf");
if (!buf) {
  console.error("buf is not installed: run deno task peers");
  Deno.exit(1);
}

report("buf lint", await run(buf, "lint", root));
for (const recording of await readRecordings()) {
  const image = await Deno.makeTempFile({ suffix: ".binpb" });
  try {
    await Deno.writeFile(image, descriptorSetOf(recording));
    report(
      `buf breaking since ${recording.version}`,
      await run(buf, "breaking", root, "--against", image),
    );
  } finally {
    await Deno.remove(image);
  }
}
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

/**
 * Compares this tree with the last release:
 *
 *     deno task compatibility [--tag v1.2.3]   its client with the server of this tree, and the reverse
 *     deno task compatibility --record         records calls of this tree, for the tests of later versions
 *
 * The release is the newest tag `v*` that this commit has, or any commit that `--tag` names. Without a tag it says so:
 * tests/compatibility compares with the recorded calls of every release in any case.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { record } from "./compatibility/record.ts";
import { writeRecording } from "./compatibility/recording.ts";
import { root, run } from "./compile/program.ts";
import { runCommand } from "./run_command.ts";

/** 60 s for a server to be ready. */
const PATIENCE_MS = 60_000;

/** Calls of each version, by the words after `signer call`. Each is to succeed. */
const calls: readonly (readonly string[])[] = [
  ["echo", "hello"],
  ["info"],
  ["keys"],
  ["public-key", "--key", "release"],
  ["sign", "--key", "release", "--in", "message", "--out", "signature"],
  ["verify", "--key", "release", "--in", "message", "--signature-file", "signature"],
  ["health"],
  ["list"],
  ["signer.v1.SigningService/ListKeys", "-d", "{}"],
];

/** Returns the newest release tag, or undefined. */
async function lastTag(): Promise<string | undefined> {
  try {
    return (await run("git", ["describe", "--tags", "--abbrev=0", "--match", "v*"])).trim();
  } catch {
    return undefined;
  }
}

/** The words that run the program of a tree. */
function program(tree: string, ...args: string[]): string[] {
  return [
    "run",
    "--quiet",
    "-P",
    "--config",
    join(tree, "deno.json"),
    join(tree, "main.ts"),
    ...args,
  ];
}

/** Serves by one tree, and calls by the other. Returns the number of calls that failed. */
async function tryCalls(server: string, client: string, work: string): Promise<number> {
  const socket = join(work, "socket");
  const child = new Deno.Command(Deno.execPath(), {
    args: program(server, "serve", "--unix", socket, "--key", `release=${join(work, "key.pem")}`),
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`The server of ${server} did not start`);
  let failures = 0;
  try {
    for (const call of calls) {
      const words = program(client, "call", ...call, "--to", `unix:${socket}`);
      try {
        await runCommand(Deno.execPath(), words, { cwd: work });
        console.log(`ok      call ${call.join(" ")}`);
      } catch (error) {
        failures++;
        console.log(`FAILED  call ${call.join(" ")}\n${(error as Error).message}`);
      }
    }
  } finally {
    child.kill("SIGTERM");
    await reader.cancel();
    await child.status;
  }
  return failures;
}

const { values } = parseArgs({
  options: { tag: { type: "string" }, record: { type: "boolean", default: false } },
});
const tag = values.tag ?? await lastTag();
if (values.record) {
  console.log(await writeRecording(await record()));
} else if (tag === undefined) {
  console.log(
    "This commit has no tag v*: only tests/compatibility compares with releases, by recorded calls",
  );
} else {
  const work = await Deno.makeTempDir({ prefix: "signer-compatibility-" });
  try {
    const before = join(work, "before");
    await Deno.mkdir(before);
    const archive = join(work, "before.tar");
    await run("git", ["archive", "--output", archive, tag]);
    await runCommand("tar", ["-xf", archive, "-C", before]);
    await Deno.writeTextFile(join(work, "message"), "a message\n");
    await runCommand(
      Deno.execPath(),
      program(root, "keygen", "--type", "ecdsa-p256", "--out", join(work, "key.pem")),
    );
    console.log(`The client of ${tag}, and the server of this tree:`);
    let failures = await tryCalls(root, before, work);
    console.log(`The client of this tree, and the server of ${tag}:`);
    failures += await tryCalls(before, root, work);
    console.log(`${failures} calls failed`);
    if (failures > 0) Deno.exitCode = 1;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

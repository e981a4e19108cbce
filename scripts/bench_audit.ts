/**
 * Measures the cost of the audit log: two servers of the working tree, of which one writes a log, sign by turns.
 *
 *   deno task bench:audit [--rounds 5] [--seconds 1] [--workers 1]
 *
 * Prints the comparison of P-256 signatures, 16 at a time (see docs/bench.md): "after" is the server with the log.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "./run_command.ts";
import { onLoopback, root, serve, type ServeProcess } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    workers: { type: "string", default: "1" },
  },
});

/** Arguments of Deno that run the program. */
const signer = ["run", "--quiet", "-P", "--config", join(root, "deno.json"), join(root, "main.ts")];

async function run(...args: string[]): Promise<void> {
  await runCommand(Deno.execPath(), [...signer, ...args]);
}

function start(...more: string[]): Promise<ServeProcess> {
  const threads = ["--workers", options.workers];
  const keys = ["--generate", "ecdsa-p256"];
  return serve(root, [...onLoopback, ...threads, ...keys, "--log-level", "error", ...more]);
}

const folder = await Deno.makeTempDir({ prefix: "signer-audit-" });
const servers: ServeProcess[] = [];
try {
  const key = join(folder, "audit.pem");
  await run("keygen", "--type", "ed25519", "--out", key);
  servers.push(
    await start(),
    await start("--audit", join(folder, "audit.log"), "--audit-key", key),
  );
  const [plain, audited] = servers.map(({ addresses }) => addresses[0]);
  const runs = join(folder, "runs.json");
  await run(
    ...["bench", "sign", "-c", "16", "--connections", "4", "--key-type", "ecdsa-p256"],
    ...["--to", audited, "--against", plain, "--repeat", options.rounds],
    ...["-z", `${options.seconds}s`, "--warmup", "300ms", "-O", "json", "-o", runs],
  );
  await new Deno.Command(Deno.execPath(), {
    args: [...signer, "bench", "compare", runs],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
} finally {
  for (const { child } of servers) {
    child.kill("SIGTERM");
    await child.status;
  }
  await Deno.remove(folder, { recursive: true });
}

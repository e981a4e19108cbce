/**
 * `signer` in the commands of the pages, where a reader has several terminals:
 *
 * `serve` returns when the server is ready, and ends the server before it. It listens on SIGNER_ADDRESS by default, which
 * clients call by default.
 *
 * The process ids of servers are appended to the file DOCS_SERVERS.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
const address = Deno.env.get("SIGNER_ADDRESS")!;
const servers = Deno.env.get("DOCS_SERVERS")!;

/** Options of `serve` that say where it listens, or that it does not. */
const places = ["--tcp", "--vsock", "--unix", "--listen", "--config", "--help"];

function argumentsOf([command = "", ...rest]: readonly string[]): string[] {
  const listens = rest.some((word) => places.includes(word.split("=")[0]));
  return command === "serve" && !listens
    ? [command, "--tcp", address, ...rest]
    : [command, ...rest];
}

/** Ends the servers that were started before, and waits for their ends. */
async function endServers(): Promise<void> {
  for (const pid of Deno.readTextFileSync(servers).split("\n").filter(Boolean).map(Number)) {
    if (runs(pid)) Deno.kill(pid, "SIGTERM");
    // 10 s; the next server fails to listen then.
    for (let looks = 0; looks < 200 && runs(pid); looks++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  Deno.writeTextFileSync(servers, "");
}

/** Reports whether a process runs. One that has ended may wait to be reaped by process 1 (state Z). */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

const args = ["run", "--quiet", "-P", "--config", config, main, ...argumentsOf(Deno.args)];
if (Deno.args[0] === "serve") {
  await endServers();
  const streams = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command(Deno.execPath(), { args, ...streams }).spawn();
  Deno.writeTextFileSync(servers, `${child.pid}\n`, { append: true });
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (/^ready .*\n/m.test(printed)) Deno.exit(0);
  }
  await child.stderr.pipeTo(Deno.stderr.writable);
  Deno.exit((await child.status).code);
} else {
  Deno.exit((await new Deno.Command(Deno.execPath(), { args }).spawn().status).code);
}

/** Installs the npm package into a folder, and uses it there. @module */
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { runCommand } from "../run_command.ts";

/** 60 s for a server to be ready, or to stop. */
const PATIENCE_MS = 60_000;

/** @throws {Error} naming the step that failed */
export async function checkPackage(archive: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "signer-npm-check-" });
  try {
    await runCommand("npm", ["init", "--yes"], { cwd: folder });
    await runCommand("npm", ["install", "--no-audit", "--no-fund", archive], { cwd: folder });
    const signer = join(folder, "node_modules/.bin/signer");
    const version = await runCommand("npx", ["signer", "--version"], { cwd: folder });
    expect("the version", version, `${config.version}\n`);
    const socket = join(folder, "socket");
    const server = new Deno.Command(signer, {
      args: ["serve", "--unix", socket, "--generate", "ecdsa-p256"],
      stdout: "piped",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).spawn();
    const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      const { value = "" } = await reader.read();
      expect("the server is ready", value.slice(0, 6), "ready ");
      const call = [
        ...["call", "echo", "hello", "--unix", socket],
      ];
      expect("a call", await runCommand(signer, call), "hello\n");
    } finally {
      server.kill("SIGTERM");
    }
    await reader.cancel();
    expect("the exit status after SIGTERM", String((await server.status).code), "0");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  console.log("The package installs, serves, and stops");
}

function expect(name: string, found: string, wanted: string): void {
  if (found !== wanted) {
    throw new Error(`${name}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
}

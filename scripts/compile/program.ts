/** Properties of the program that both kinds of executable need. @module */
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { runCommand } from "../run_command.ts";

export { v8Flags } from "../../src/cli/v8_flags.ts";

/** The root folder of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export const { version } = config;

/** Entry modules of the program's threads. */
export const threads = [
  "src/cli/serve/worker.ts",
  "src/bench/load/load_worker.ts",
  "src/pipeline/workers/execution_worker.ts",
] as const;

/** Returns the permissions of the program as options of Deno, those of deno.json. */
export function permissionOptions(): string[] {
  return Object.entries(config.permissions.default).map(([name, value]) =>
    Array.isArray(value) ? `--allow-${name}=${value.join(",")}` : `--allow-${name}`
  );
}

/** Runs a command in the root folder, as `runCommand()`. */
export function run(command: string, args: readonly string[]): Promise<string> {
  return runCommand(command, args, { cwd: root });
}

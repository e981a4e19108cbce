/** The search for programs, for tests and scripts that run them where they are installed. @module */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Returns true when a program exists: at its path, or for a name without a slash in a folder of PATH. */
export function isInstalled(program: string): boolean {
  if (program.includes("/")) return existsSync(program);
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

import { existsSync } from "node:fs";
import { join } from "node:path";

/** Returns true when a folder of PATH has the program. */
export function isInstalled(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => existsSync(join(folder, program)));
}

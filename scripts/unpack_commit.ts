/** The files of a commit, to compare the working tree with. @module */
import { join } from "node:path";
import { runCommand } from "./run_command.ts";
import { root } from "./serve_process.ts";

/** Extracts the files of a commit to a folder, which is removed on disposal. */
export async function unpack(
  commit: string,
): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "signer-base-" });
  const archive = join(folder, "base.tar");
  await runCommand("git", ["-C", root, "archive", "--output", archive, commit]);
  await runCommand("tar", ["-C", folder, "-xf", archive]);
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

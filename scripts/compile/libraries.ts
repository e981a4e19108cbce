/** The OpenSSL libraries that an executable carries. @module */
import { join } from "node:path";
import { root, run } from "./program.ts";

const names = ["libcrypto.so.3", "libssl.so.3"] as const;

/** Returns the paths of libcrypto and libssl: of `deno task openssl`, or else of this machine. */
export async function findLibraries(): Promise<readonly string[]> {
  const built = names.map((name) => join(root, ".cache/openssl", name));
  if ((await Promise.all(built.map(exists))).every(Boolean)) return built;
  const cache = await run("/sbin/ldconfig", ["-p"]);
  return names.map((name) => {
    const path = cache.split("\n").find((line) => line.trim().startsWith(`${name} `))
      ?.split(" => ")[1];
    if (path !== undefined) return path;
    throw new Error(`${name} is not here: install OpenSSL 3, or run \`deno task openssl\``);
  });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

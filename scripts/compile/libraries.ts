/** The libraries of cryptography that an executable carries. @module */
import { join } from "node:path";
import { root, run } from "./program.ts";

const names = ["libcrypto.so.3", "libssl.so.3"] as const;

/** Returns the paths of libcrypto and libssl: of `deno task openssl`, or else of this machine. */
export async function findOpenssl(): Promise<readonly string[]> {
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

/** Returns the path of the library of `deno task aws-lc`; undefined where it has not run. */
export async function findAwsLc(): Promise<string | undefined> {
  const path = join(root, ".cache/aws-lc/libaws_lc.so");
  return await exists(path) ? path : undefined;
}

/** Returns the paths of all libraries to carry. */
export async function findLibraries(): Promise<readonly string[]> {
  const awsLc = await findAwsLc();
  return [...await findOpenssl(), ...awsLc === undefined ? [] : [awsLc]];
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

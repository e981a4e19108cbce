/** The libraries of cryptography that an executable carries. @module */
import { basename, join } from "node:path";
import { useOwnNames } from "./own_names.ts";
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

/** Copies all libraries to carry into a folder. Those of OpenSSL get names of their own. */
export async function copyLibraries(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const path of await findOpenssl()) {
    const library = await Deno.readFile(path);
    useOwnNames(library);
    await Deno.writeFile(join(folder, basename(path)), library, { mode: 0o755 });
  }
  const awsLc = await findAwsLc();
  if (awsLc !== undefined) await Deno.copyFile(awsLc, join(folder, basename(awsLc)));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

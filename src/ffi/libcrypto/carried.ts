/**
 * The libraries of cryptography that an executable carries: in a folder, where the portable executable is unpacked, or within
 * the file that `deno compile` makes. The latter are copied to memory (memfd_create(2)), as the loader takes files
 * only, and a guest may have no place that can be written.
 *
 * @module
 */
import { memoryFile } from "../libc/mod.ts";

/** The environment variable by which the portable executable and the image of a guest name the folder of their libraries. */
export const CARRIED_FOLDER_VARIABLE = "SIGNER_CARRIED_LIBRARIES";

/** The name of a library that may be carried: those of OpenSSL, and AWS-LC. */
export type CarriedName = "libcrypto.so.3" | "libssl.so.3" | "libaws_lc.so";

/** Returns the path of a carried library, where the folder names it; undefined when the program carries none. */
export function carriedLibrary(name: CarriedName): string | undefined {
  const folder = Deno.env.get(CARRIED_FOLDER_VARIABLE);
  if (folder) return `${folder}/${name}`;
  return Deno.build.standalone ? inMemory(name, embedded(name)) : undefined;
}

/** The file within the executable, where `deno task compile` puts it. */
function embedded(name: CarriedName): URL {
  return new URL(`../../../lib/${name}`, import.meta.url);
}

/**
 * Copies a library to memory, once for all threads, and returns its path; undefined when there is no such file. The
 * threads share the environment, which keeps the path. A child process inherits the variable and not the descriptor,
 * so the variable names the process.
 */
export function inMemory(name: CarriedName, file: URL): string | undefined {
  const variable = `SIGNER_CARRIED_${name.replace(/\..*/, "").toUpperCase()}`;
  const [pid, path] = Deno.env.get(variable)?.split(":") ?? [];
  if (pid === String(Deno.pid)) return path;
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(file);
  } catch {
    return undefined;
  }
  const made = memoryFile(name, bytes);
  Deno.env.set(variable, `${Deno.pid}:${made}`);
  return made;
}

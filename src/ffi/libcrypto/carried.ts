/**
 * The libraries of cryptography that an executable carries: in a folder, where the portable executable is unpacked, or
 * within the file that `deno compile` makes. The loader takes files only, so the latter are copied to memory, or, where
 * that is forbidden, to a file whose name is removed at once. A guest may have no place that can be written.
 *
 * @module
 */
import { memoryFile, unnamedFile } from "../libc/mod.ts";

/** The environment variable by which the portable executable and the image of a guest name the folder of their libraries. */
export const CARRIED_FOLDER_VARIABLE = "SIGNER_CARRIED_LIBRARIES";

/** The name of a library that may be carried: those of OpenSSL, and AWS-LC. */
export type CarriedName = "libcrypto.so.3" | "libssl.so.3" | "libaws_lc.so";

/** A place that libraries are copied to. */
export interface Place {
  /** To be shown to people. */
  readonly name: string;
  /** Makes a file there, and returns a path by which this process can load it. */
  copy(library: string, content: Uint8Array): string;
}

/** Memory, and the folders that the portable executable is unpacked to (scripts/compile/head.sh). */
function defaultPlaces(): readonly Place[] {
  const folders = [
    ...["SIGNER_CACHE", "XDG_CACHE_HOME"].map((variable) => Deno.env.get(variable)),
    ...["/var/cache", "/tmp", "/dev/shm"],
  ];
  return [
    { name: "memory", copy: memoryFile },
    ...folders.filter((folder) => folder !== undefined && folder !== "").map((folder) => ({
      name: folder!,
      copy: (_: string, content: Uint8Array) => unnamedFile(folder!, content),
    })),
  ];
}

let failure: string | undefined;

/** Returns why this thread could copy a carried library to no place; undefined if it could, or did not try. */
export function carriedFailure(): string | undefined {
  return failure;
}

/**
 * Returns the path of a carried library, where the folder names it; undefined when the program carries none, or when it
 * can be copied to no place.
 */
export function carriedLibrary(name: CarriedName): string | undefined {
  const folder = Deno.env.get(CARRIED_FOLDER_VARIABLE);
  if (folder) return `${folder}/${name}`;
  return Deno.build.standalone ? copied(name, embedded(name)) : undefined;
}

/** Reports whether a path is that of a copy: a descriptor, which has no name and which Deno does not look at. */
export function isCopy(path: string): boolean {
  return path.startsWith("/proc/self/fd/");
}

/** The file within the executable, where `deno task compile` puts it. */
function embedded(name: CarriedName): URL {
  return new URL(`../../../lib/${name}`, import.meta.url);
}

/**
 * Copies a library to the first place that allows it, once for all threads, and returns its path; undefined when there is
 * no such file, or no place. The threads share the environment, which keeps the path. A child process inherits the
 * variable and not the descriptor, so the variable names the process.
 */
export function copied(
  name: CarriedName,
  file: URL,
  places: readonly Place[] = defaultPlaces(),
): string | undefined {
  const variable = `SIGNER_CARRIED_${name.replace(/\..*/, "").toUpperCase()}`;
  const [pid, path] = Deno.env.get(variable)?.split(":") ?? [];
  if (pid === String(Deno.pid)) return path || undefined;
  let content: Uint8Array;
  try {
    content = Deno.readFileSync(file);
  } catch {
    return undefined;
  }
  const made = copyTo(places, name, content);
  Deno.env.set(variable, `${Deno.pid}:${made ?? ""}`);
  return made;
}

function copyTo(
  places: readonly Place[],
  library: string,
  content: Uint8Array,
): string | undefined {
  const reasons: string[] = [];
  for (const place of places) {
    try {
      return place.copy(library, content);
    } catch (error) {
      reasons.push(`${place.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  failure = reasons.join("; ");
  return undefined;
}

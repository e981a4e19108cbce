/** The search for libcrypto, and its loading. @module */
import { openLibrary } from "../_open_library.ts";
import { carriedFailure, carriedLibrary } from "./carried.ts";
import { LibcryptoError } from "./errors.ts";
import { libcryptoTable, type Symbols, versionSymbols } from "./symbols.ts";

/** The environment variable with the name of the library to load. */
export const LIBCRYPTO_VARIABLE = "SIGNER_LIBCRYPTO";

/**
 * Returns the path of a library that a task builds beside the sources; undefined for a bundle and an executable. For
 * these the path would be in a folder such as /tmp, where other users could put a library.
 *
 * @param module the URL of a module of this folder
 * @param path the path in the folder `.cache`
 */
export function builtLibrary(
  module: string,
  path: string,
  { os, standalone } = Deno.build,
): string | undefined {
  if (os !== "linux" || standalone || !/^file:.*\/src\/ffi\/libcrypto\/\w+\.ts$/.test(module)) {
    return undefined;
  }
  return decodeURIComponent(new URL(`../../../.cache/${path}`, module).pathname);
}

/** The path of the libcrypto of `deno task openssl` in the folder `.cache`. */
const BUILT_LIBCRYPTO = "openssl/libcrypto.so.3";

/**
 * Default names of OpenSSL 3, always with a version: without one the library may be 1.1 on Linux, and macOS
 * aborts a process that loads its `libcrypto.dylib`.
 */
const usualNames: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  darwin: [
    "libcrypto.3.dylib",
    "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
    "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",
  ],
  windows: ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll"],
};

/** OPENSSL_VERSION_NUMBER of 3.0.0: the major version is in the four highest bits. */
const OPENSSL_3_0 = 0x3000_0000n;

/** OPENSSL_VERSION of openssl/crypto.h: the argument of OpenSSL_version for the full text. */
const VERSION_TEXT = 0;

/** An option of OPENSSL_init_crypto, from openssl/crypto.h. */
const OPENSSL_INIT_NO_ATEXIT = 0x0008_0000n;

/** A loaded libcrypto. */
export interface Library {
  readonly symbols: Symbols;
  /** The name or path of the loaded library. */
  readonly path: string;
  /** The version text, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
}

/** A libcrypto that can be loaded. */
export interface FoundLibrary {
  /** Its name or path. */
  readonly path: string;
  /** The version text, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
}

interface Found extends FoundLibrary {
  readonly number: bigint;
}

let chosen: Found | undefined;

/**
 * Returns the path or name of the libcrypto that this thread loads: that of `SIGNER_LIBCRYPTO`, or else the newest
 * of the system's and the one that the program carries. Of equal versions it is the system's, which gets updates.
 *
 * @throws {LibcryptoError} as `loadLibrary()`
 */
export function libcryptoPath(): string {
  return choose().path;
}

/**
 * Returns the libcryptos of this machine that are newer than the one of `libcryptoPath()`: the system's and the
 * carried one, where `SIGNER_LIBCRYPTO` names an older one, and that of `deno task openssl`.
 *
 * @throws {LibcryptoError} as `loadLibrary()`
 */
export function newerLibraries(): readonly FoundLibrary[] {
  const { number } = choose();
  return [...places(), builtLibrary(import.meta.url, BUILT_LIBCRYPTO) ?? []].flat().flatMap(
    (path) => {
      try {
        const found = probe(path);
        return found.number > number ? [found] : [];
      } catch {
        return [];
      }
    },
  );
}

/**
 * Loads the libcrypto of `libcryptoPath()`, or a given one. It stays loaded until the process ends, because libcrypto
 * registers thread and exit handlers.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_MISSING` when no library loads, `LIBCRYPTO_TOO_OLD` when none is OpenSSL 3
 */
export function loadLibrary({ path, version }: FoundLibrary = choose()): Library {
  const library = openLibrary(path, libcryptoTable);
  disableExitHandler(library);
  return { symbols: library, path, version };
}

function choose(): Found {
  return chosen ??= newest(candidates());
}

function candidates(): readonly string[] {
  const named = Deno.env.get(LIBCRYPTO_VARIABLE);
  return named ? [named] : places();
}

/** The names of the system's libcrypto, and the path of the carried one. */
function places(): readonly string[] {
  const carried = carriedLibrary("libcrypto.so.3");
  return [
    ...usualNames[Deno.build.os] ?? ["libcrypto.so.3"],
    ...(carried ? [carried] : []),
  ];
}

/** @throws {LibcryptoError} */
function newest(paths: readonly string[]): Found {
  let best: Found | undefined;
  const reasons: unknown[] = [];
  for (const path of paths) {
    try {
      const found = probe(path);
      if (best === undefined || found.number > best.number) best = found;
    } catch (error) {
      reasons.push(error);
    }
  }
  if (best !== undefined) return best;
  const tooOld = reasons.find((reason) => reason instanceof LibcryptoError);
  if (tooOld !== undefined) throw tooOld;
  const remedy = reasons.some((reason) => reason instanceof Deno.errors.NotCapable)
    ? "give Deno --allow-ffi"
    : `install it (for example the package libssl3), or name its libcrypto in ${LIBCRYPTO_VARIABLE}`;
  const failure = carriedFailure();
  const carried = failure === undefined
    ? ""
    : `, and that of this executable could be copied to no place (${failure})`;
  throw new LibcryptoError(
    "LIBCRYPTO_MISSING",
    `OpenSSL 3 could not be loaded as ${paths.join(" or ")}${carried}: ${remedy}`,
    { cause: reasons.length === 1 ? reasons[0] : new AggregateError(reasons) },
  );
}

/** Reads the version alone: binding all symbols of an older library fails with the name of a missing function. */
function probe(path: string): Found {
  const library = Deno.dlopen(path, versionSymbols);
  const version = readText(library.symbols.OpenSSL_version(VERSION_TEXT));
  const number = library.symbols.OpenSSL_version_num();
  library.close();
  requireVersion3(path, version, number);
  return { path, version, number };
}

/**
 * Disables the exit handler of libcrypto (OPENSSL_init_crypto(3)). This must be the first call to initialise
 * the library. The handler frees memory on the thread that exits, while threads that generated keys end and
 * free their parts of it: in about one exit of 100 the process died of a double free or a segmentation fault.
 */
function disableExitHandler(library: Symbols): void {
  library.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, null);
}

/**
 * Checks that a library is OpenSSL 3.0 or later. The version number of LibreSSL is 2.0, and that of BoringSSL
 * 1.1.1.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_TOO_OLD`
 */
export function requireVersion3(path: string, version: string, number: bigint): void {
  if (number >= OPENSSL_3_0 && version.startsWith("OpenSSL ")) return;
  throw new LibcryptoError(
    "LIBCRYPTO_TOO_OLD",
    `${path} is ${version}: OpenSSL 3.0 or later is needed; install it, or name its libcrypto in ` +
      LIBCRYPTO_VARIABLE,
  );
}

function readText(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

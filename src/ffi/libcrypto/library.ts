/** The search for libcrypto, and its loading. @module */
import { LibcryptoError } from "./errors.ts";
import { type Symbols, symbols, versionSymbols } from "./symbols.ts";

/** The environment variable with the name of the library to load. */
export const LIBCRYPTO_VARIABLE = "SIGNER_LIBCRYPTO";

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

/**
 * Loads libcrypto 3: the library of `SIGNER_LIBCRYPTO`, or else the first of the default names that loads. It
 * stays loaded until the process ends, because libcrypto registers thread and exit handlers.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_MISSING` when no library loads, `LIBCRYPTO_TOO_OLD` when the loaded
 * library is not OpenSSL 3
 */
export function loadLibrary(): Library {
  const named = Deno.env.get(LIBCRYPTO_VARIABLE);
  const candidates = named ? [named] : usualNames[Deno.build.os] ?? ["libcrypto.so.3"];
  const reasons: unknown[] = [];
  for (const path of candidates) {
    try {
      return open(path);
    } catch (error) {
      if (error instanceof LibcryptoError) throw error;
      reasons.push(error);
    }
  }
  const remedy = reasons.some((reason) => reason instanceof Deno.errors.NotCapable)
    ? "give Deno --allow-ffi"
    : `install it (for example the package libssl3), or name its libcrypto in ${LIBCRYPTO_VARIABLE}`;
  throw new LibcryptoError(
    "LIBCRYPTO_MISSING",
    `OpenSSL 3 could not be loaded as ${candidates.join(" or ")}: ${remedy}`,
    { cause: reasons.length === 1 ? reasons[0] : new AggregateError(reasons) },
  );
}

function open(path: string): Library {
  // The version first: for an older library, binding the whole table fails with the name of the first
  // missing function, which does not explain the cause.
  const probe = Deno.dlopen(path, versionSymbols);
  const version = readText(probe.symbols.OpenSSL_version(VERSION_TEXT));
  const number = probe.symbols.OpenSSL_version_num();
  probe.close();
  requireVersion3(path, version, number);
  const library = Deno.dlopen(path, symbols).symbols;
  leaveExitAlone(library);
  return { symbols: library, path, version };
}

/**
 * Disables the exit handler of libcrypto (OPENSSL_init_crypto(3)). This must be the first call to initialise
 * the library. The handler frees memory on the thread that exits, while threads that generated keys end and
 * free their parts of it: in about one exit of 100 the process died of a double free or a segmentation fault.
 */
function leaveExitAlone(library: Symbols): void {
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

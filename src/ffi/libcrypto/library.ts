import { LibcryptoError } from "./errors.ts";
import { type Symbols, symbols, versionSymbols } from "./symbols.ts";

/** The environment variable that names the library to load, instead of the usual ones. */
export const LIBCRYPTO_VARIABLE = "SIGNER_LIBCRYPTO";

/**
 * Where OpenSSL 3 is found when nothing else is said. Never a name without a version: on Linux it may
 * be 1.1, and macOS aborts a process that loads its own `libcrypto.dylib`.
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

/** OPENSSL_VERSION of openssl/crypto.h: the argument that asks OpenSSL_version for the full text. */
const VERSION_TEXT = 0;

/** An option of OPENSSL_init_crypto, from openssl/crypto.h. */
const OPENSSL_INIT_NO_ATEXIT = 0x0008_0000n;

/** A loaded libcrypto. */
export interface Library {
  readonly symbols: Symbols;
  /** The name or path under which it was found. */
  readonly path: string;
  /** Its own words, such as `OpenSSL 3.0.19 27 Jan 2026`. */
  readonly version: string;
}

/**
 * Loads libcrypto 3: the one that `SIGNER_LIBCRYPTO` names, and no other, or else the first of the
 * usual names. It stays loaded until the process ends: libcrypto registers thread and exit handlers,
 * which would be called after it had been unmapped.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_MISSING` when none can be loaded, `LIBCRYPTO_TOO_OLD` when the
 * one that can is not OpenSSL 3
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
  // The version is asked first, by itself: an older library lacks functions of the whole table, and
  // Deno's complaint about the first missing one would hide what is wrong.
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
 * Has libcrypto give nothing back when the process exits (OPENSSL_init_crypto(3)), which is to be said
 * before anything else makes it ready. It would do so on the thread that exits, while threads on which
 * keys were generated end as well and take themselves out of what is being freed: in one exit of some
 * 100 the process died of a double free or a segmentation fault, with all of its work done.
 */
function leaveExitAlone(library: Symbols): void {
  library.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, null);
}

/**
 * Ensures that a library is OpenSSL 3.0 or later, by what it says of itself. LibreSSL calls itself 2.0
 * in its number, and BoringSSL 1.1.1.
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

/**
 * AWS-LC, a library that signs faster than OpenSSL: the search for it, and its loading. It holds private keys and signs
 * with them. All else, such as encryption, TLS and the generation of keys, stays with OpenSSL's libcrypto.
 *
 * @module
 */
import { openLibrary } from "../_open_library.ts";
import { AwsLcKey, readAwsLcPkcs8 } from "./aws_lc_key.ts";
import { type AwsLcSymbols, awsLcTable } from "./aws_lc_symbols.ts";
import { carriedLibrary, isCopy } from "./carried.ts";
import { expectOk, LibcryptoError } from "./errors.ts";
import { builtLibrary, libcryptoPath } from "./library.ts";
import type { PrivatePkey } from "./pkey.ts";
import { keptInHeap, whenSecureHeapOpens } from "./secure_heap.ts";

/** The environment variable with the path of the library that `deno task aws-lc` builds. */
export const AWS_LC_VARIABLE = "SIGNER_AWS_LC";

/** AWS-LC, for signing. The caller frees the keys that its methods return. */
export interface AwsLc {
  /** The version text, such as `AWS-LC 5.12.0`. */
  readonly version: string;
  readonly path: string;
  /**
   * Reads a private key in PKCS#8 DER. The caller zeroes `der`.
   *
   * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
   */
  readPkcs8(der: Uint8Array): PrivatePkey;
  /**
   * Adopts the key of a token of `PrivatePkey.share()` from another thread of this process, once. Any other number is
   * undefined behaviour.
   */
  adopt(token: bigint): PrivatePkey;
}

let opened: AwsLc | undefined;

/**
 * Returns the path of AWS-LC: that of `SIGNER_AWS_LC`, or else of the library that the program carries; undefined
 * without one.
 */
export function awsLcPath(): string | undefined {
  const named = Deno.env.get(AWS_LC_VARIABLE);
  if (named) return named;
  const carried = carriedLibrary("libaws_lc.so");
  return carried !== undefined && (isCopy(carried) || exists(carried)) ? carried : undefined;
}

/** Returns the path of the library of `deno task aws-lc` beside the sources; undefined where there is none. */
export function builtAwsLc(): string | undefined {
  const path = builtLibrary(import.meta.url, "aws-lc/libaws_lc.so");
  return path !== undefined && exists(path) ? path : undefined;
}

/**
 * Loads AWS-LC at the first call on a thread; later calls return the same library. It stays loaded until the process
 * ends.
 *
 * @param path by default that of `awsLcPath()`, or else of `builtAwsLc()`
 * @throws {LibcryptoError} `LIBCRYPTO_MISSING`
 */
export function openAwsLc(path: string | undefined = awsLcPath() ?? builtAwsLc()): AwsLc {
  return opened ??= load(path);
}

function load(path: string | undefined): AwsLc {
  if (path === undefined) {
    throw new LibcryptoError(
      "LIBCRYPTO_MISSING",
      `There is no AWS-LC: build it by \`deno task aws-lc\`, and name it in ${AWS_LC_VARIABLE}`,
    );
  }
  try {
    return bind(path);
  } catch (cause) {
    throw new LibcryptoError(
      "LIBCRYPTO_MISSING",
      `AWS-LC could not be loaded as ${path}: build it by \`deno task aws-lc\`, and name it in ` +
        AWS_LC_VARIABLE,
      { cause },
    );
  }
}

function bind(path: string): AwsLc {
  const symbols = openLibrary(path, awsLcTable);
  whenSecureHeapOpens(({ size }) => useSecureHeap(symbols, size));
  return {
    version: Deno.UnsafePointerView.getCString(symbols.awslc_version_string()!),
    path,
    readPkcs8(der) {
      prepareThread(symbols);
      return keptInHeap(new AwsLcKey(symbols, readAwsLcPkcs8(symbols, der)));
    },
    adopt(token) {
      prepareThread(symbols);
      return new AwsLcKey(symbols, Deno.UnsafePointer.create(token)!);
    },
  };
}

/** 16 KiB of the secure heap: the generators of 30 threads that start at once take 544 bytes each. */
const GENERATOR_ROOM = 16_384n;

let isPrepared = false;

/**
 * Makes AWS-LC's generator of random numbers for this thread. It does so by itself at the first signature, but then ends
 * the process if the heap is full.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_FAILED` when the heap has no room
 */
function prepareThread(symbols: AwsLcSymbols): void {
  if (isPrepared) return;
  requireHeapRoom(GENERATOR_ROOM);
  expectOk(symbols, "RAND_bytes", symbols.RAND_bytes(new Uint8Array(1), 1n));
  isPrepared = true;
}

/** Takes memory from the secure heap, or from malloc(3) where there is no such heap, and frees it. */
function requireHeapRoom(bytes: bigint): void {
  const library = Deno.dlopen(libcryptoPath(), {
    CRYPTO_secure_malloc: { parameters: ["usize", "pointer", "i32"], result: "pointer" },
    CRYPTO_secure_free: { parameters: ["pointer", "pointer", "i32"], result: "void" },
  });
  const { CRYPTO_secure_malloc, CRYPTO_secure_free } = library.symbols;
  try {
    const made = CRYPTO_secure_malloc(bytes, null, 0);
    if (made === null) {
      const reason = "The memory for private keys is full: a further thread cannot sign";
      throw new LibcryptoError("LIBCRYPTO_FAILED", reason);
    }
    CRYPTO_secure_free(made, null, 0);
  } finally {
    library.close();
  }
}

/** OPENSSL_secure_malloc(3ossl). A symbol without parameters is an address. */
const secureHeapFunctions = {
  CRYPTO_secure_malloc: { type: "pointer" },
  CRYPTO_secure_free: { type: "pointer" },
  CRYPTO_secure_actual_size: { type: "pointer" },
} as const;

/**
 * Sets the secure heap of libcrypto as the heap of AWS-LC, for all threads. AWS-LC has taken no memory so far: it does so
 * with the first key.
 */
function useSecureHeap(symbols: AwsLcSymbols, bytes: number): void {
  const { CRYPTO_secure_malloc, CRYPTO_secure_free, CRYPTO_secure_actual_size } =
    Deno.dlopen(libcryptoPath(), secureHeapFunctions).symbols;
  const set = symbols.signer_use_heap(
    CRYPTO_secure_malloc,
    CRYPTO_secure_free,
    CRYPTO_secure_actual_size,
    BigInt(bytes),
  );
  expectOk(symbols, "Setting the heap of AWS-LC", set);
}

/** Reports whether there is a file. node:fs, which has such a function, takes 5 ms of the start of each thread. */
function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

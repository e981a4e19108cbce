/** libcrypto's heap for secrets (OPENSSL_secure_malloc(3ossl)). @module */
import { expectOk, LibcryptoError } from "./errors.ts";
import type { Symbols } from "./symbols.ts";

/**
 * Memory that libcrypto uses for the secret numbers of keys, and for those of a signature while it is made. It lies
 * between two guard pages and is left out of core dumps.
 */
export interface SecureHeap {
  /** True when the kernel keeps it out of swap (mlock(2)), which RLIMIT_MEMLOCK may not allow. */
  readonly isLocked: boolean;
  /** Bytes in all. */
  readonly size: number;
  /** Bytes in use. */
  readonly used: number;
}

/** 32 bytes, the least block: an Ed25519 or P-256 key. */
const LEAST_BLOCK = 32;

/** The result of CRYPTO_secure_malloc_init when mlock(2) failed. */
const NOT_LOCKED = 2;

/**
 * Three quarters of the heap are for keys. Signatures are made there too, by AWS-LC in 41 KiB for one of RSA-4096, and TLS
 * handshakes: without room, those by the keys in use would fail while a reload fills the heap.
 */
const KEYS_SHARE = 3 / 4;

let heap: SecureHeap | undefined;
const users: ((heap: SecureHeap) => void)[] = [];

/** Calls a function when the heap is open: at once, or as soon as this thread opens it. */
export function whenSecureHeapOpens(use: (heap: SecureHeap) => void): void {
  if (heap !== undefined) use(heap);
  else users.push(use);
}

/** Opens the heap, once in the life of the process. @throws {LibcryptoError} `LIBCRYPTO_FAILED` */
export function openSecureHeap(symbols: Symbols, bytes: number): SecureHeap {
  const result = symbols.CRYPTO_secure_malloc_init(BigInt(bytes), BigInt(LEAST_BLOCK));
  expectOk(symbols, "CRYPTO_secure_malloc_init", result === NOT_LOCKED ? 1 : result);
  const opened: SecureHeap = heap = {
    isLocked: result !== NOT_LOCKED,
    size: bytes,
    get used() {
      return Number(symbols.CRYPTO_secure_used());
    },
  };
  for (const use of users.splice(0)) use(opened);
  return opened;
}

/**
 * Returns a key that was read, if the heap of this thread still has room for signatures. Otherwise frees the key.
 *
 * @throws {LibcryptoError} `LIBCRYPTO_FAILED`
 */
export function keptInHeap<K extends Disposable>(key: K): K {
  if (heap === undefined || heap.used <= heap.size * KEYS_SHARE) return key;
  key[Symbol.dispose]();
  throw new LibcryptoError("LIBCRYPTO_FAILED", "The memory for private keys is full");
}

/** libcrypto's heap for secrets (OPENSSL_secure_malloc(3ossl)). @module */
import { expectOk } from "./errors.ts";
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

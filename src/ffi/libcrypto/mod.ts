/** OpenSSL 3's libcrypto: keys and signatures. No pointer leaves this folder. @module */
export { carriedLibrary } from "./carried.ts";
export { LibcryptoError, type LibcryptoErrorCode } from "./errors.ts";
export { type FoundLibrary, LIBCRYPTO_VARIABLE, libcryptoPath, newerLibraries } from "./library.ts";
export { type Libcrypto, openLibcrypto, openOtherLibcrypto } from "./libcrypto.ts";
export type { KeyParameters, Pkey } from "./pkey.ts";
export type { SecureHeap } from "./secure_heap.ts";
export type { SignatureScheme, Signer, Verifier } from "./signature.ts";

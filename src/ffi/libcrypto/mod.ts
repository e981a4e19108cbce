/** OpenSSL 3's libcrypto, and AWS-LC: keys and signatures. No pointer leaves this folder. @module */
export { AWS_LC_VARIABLE, type AwsLc, awsLcPath, builtAwsLc, openAwsLc } from "./aws_lc.ts";
export { CARRIED_FOLDER_VARIABLE, carriedLibrary, isCopy } from "./carried.ts";
export { LibcryptoError, type LibcryptoErrorCode } from "./errors.ts";
export { type FoundLibrary, LIBCRYPTO_VARIABLE, libcryptoPath, newerLibraries } from "./library.ts";
export { type Libcrypto, openedLibcrypto, openLibcrypto, openOtherLibcrypto } from "./libcrypto.ts";
export type { KeyParameters, Pkey, PrivatePkey } from "./pkey.ts";
export type { SecureHeap } from "./secure_heap.ts";
export type { SignatureScheme, Signer, Verifier } from "./signature.ts";

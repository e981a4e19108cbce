/** Keys and signatures: the table of algorithms, two providers, key files, the key store. @module */
export * from "./algorithms/mod.ts";
export * from "./errors.ts";
export type * from "./provider.ts";
export { type FasterLibrary, findFasterLibraries } from "./openssl/mod.ts";
export { type OpenedProvider, openProvider, type ProviderChoice } from "./open_provider.ts";
export {
  encodePublicKey,
  type KeyFormat,
  publicJwk,
  readPublicKey,
  thumbprint,
} from "./public_key.ts";
export * from "./key_file/mod.ts";
export { KeyRing } from "./key_ring.ts";
export * from "./key_store.ts";
export {
  disposeVersion,
  type KeyPeriod,
  type KeyVersion,
  keyVersion,
  signingEnd,
  signsAt,
  verifiesAt,
} from "./key_version.ts";
export type { KeyDescription, StoredKey } from "./stored_key.ts";
export type { PublicJwk } from "./encoding/mod.ts";
export * from "./x509/mod.ts";

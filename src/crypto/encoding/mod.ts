/** Encodings of keys and signatures: DER, PKCS#8 and its relatives, JWK, PEM. @module */
export { DerError, DerReader, type DerValue, encodeDer, Tag, unsignedInteger } from "./der.ts";
export { derFromP1363, p1363FromDer } from "./ecdsa_signature.ts";
export { codecOf, type Numbers, type PrivateParts } from "./families/mod.ts";
export { encodePkcs8, pkcs8FromPkcs1, pkcs8FromSec1, readPkcs8 } from "./private_key.ts";
export {
  encodeEncryptedPkcs8,
  type Encryption,
  type Kdf,
  MAX_SCRYPT_BYTES,
  readEncryptedPkcs8,
} from "./encrypted_private_key.ts";
export { type DecodedSpki, encodeSpki, readSpki } from "./public_key.ts";
export { decodePemBody, encodePem, findPemBlocks, looksLikePem, type PemBlock } from "./pem.ts";
export { encodePrivateJwk, pkcs8FromJwk } from "./private_jwk.ts";
export { jwkFromSpki, type PublicJwk } from "./public_jwk.ts";

/** Encodings of keys and signatures: DER, PKCS#8 and its relatives, JWK, PEM. @module */
export { DerError, DerReader, type DerValue, encodeDer, Tag, unsignedInteger } from "./der.ts";
export { derFromP1363, p1363FromDer } from "./ecdsa_signature.ts";
export { checkEncryptedPkcs8, pkcs8FromPkcs1, pkcs8FromSec1, typeOfPkcs8 } from "./private_key.ts";
export { encodeSpki, type PublicNumbers, readSpki } from "./public_key.ts";
export { decodePemBody, encodePem, findPemBlocks, looksLikePem, type PemBlock } from "./pem.ts";
export { encodePrivateJwk, type KeyPair, readPrivateJwk } from "./private_jwk.ts";
export { jwkFromSpki, type PublicJwk } from "./public_jwk.ts";

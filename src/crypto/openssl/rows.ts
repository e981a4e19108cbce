/** libcrypto's names for each family and each scheme of the table. @module */
import type { KeyParameters, SignatureScheme } from "../../ffi/mod.ts";
import {
  type AlgorithmInfo,
  type Family,
  type KeyType,
  type KeyTypeInfo,
  keyTypeInfo,
  type Scheme,
} from "../algorithms/mod.ts";

// EVP_PKEY-RSA(7ossl), EVP_PKEY-EC(7ossl), EVP_PKEY-ED25519(7ossl)
const parameters: { readonly [F in Family]: (info: KeyTypeInfo<F>) => KeyParameters } = {
  rsa: ({ modulusBits }) => ({ algorithm: "RSA", modulusBits }),
  ec: ({ jwk: { crv } }) => ({ algorithm: "EC", group: crv }),
  ed25519: () => ({ algorithm: "ED25519" }),
};

/** The parameters of a new key of a type. */
export function keyParametersOf(type: KeyType): KeyParameters {
  const info = keyTypeInfo(type);
  return (parameters[info.family] as (info: KeyTypeInfo) => KeyParameters)(info);
}

// EVP_SIGNATURE-RSA(7ossl), EVP_SIGNATURE-ECDSA(7ossl), EVP_SIGNATURE-ED25519(7ossl)
const schemes: Readonly<Record<Scheme, (info: AlgorithmInfo) => SignatureScheme>> = {
  "ed25519": () => ({}),
  "ecdsa": ({ hash }) => ({ hash }),
  // FIPS 186-5 section 5.4 (g): the salt is as long as the hash.
  "rsa-pss": ({ hash, digestBytes }) => ({ hash, rsaPadding: "pss", saltBytes: digestBytes }),
  "rsa-pkcs1": ({ hash }) => ({ hash, rsaPadding: "pkcs1" }),
};

/** The signature scheme of an algorithm. */
export function signatureSchemeOf(info: AlgorithmInfo): SignatureScheme {
  return schemes[info.scheme](info);
}

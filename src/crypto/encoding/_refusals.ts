/** Refusals of keys that can be read and are not supported, by their names. @module */
import { keyTypes } from "../algorithms/mod.ts";
import { CryptoError } from "../errors.ts";

/** Families that are not supported, by their object identifiers. */
export const familyNames: Readonly<Record<string, string>> = {
  "2a864886f70d01010a": "RSA restricted to PSS (id-RSASSA-PSS)",
  "2a864886f70d010301": "Diffie-Hellman",
  "2a8648ce380401": "DSA",
  "2b656e": "X25519",
  "2b656f": "X448",
  "2b6571": "Ed448",
  "608648016503040311": "ML-DSA-44",
  "608648016503040312": "ML-DSA-65",
  "608648016503040313": "ML-DSA-87",
};

/** Curves that are not supported, by their object identifiers. */
export const curveNames: Readonly<Record<string, string>> = {
  "2b8104000a": "the curve secp256k1",
  "2b81040021": "the curve P-224",
  "2b2403030208010107": "the curve brainpoolP256r1",
};

const ALTERNATIVES = `Use a key of type ${keyTypes.map(({ name }) => name).join(", ")}`;

/** The error for a key of a kind that is not in the table. */
export function refuseKind(kind: string): CryptoError {
  return new CryptoError("KEY_REFUSED", `Refused a key of ${kind}. ${ALTERNATIVES}`);
}

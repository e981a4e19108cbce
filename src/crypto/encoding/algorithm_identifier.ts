import { type KeyTypeInfo, keyTypes } from "../algorithms.ts";
import { CryptoError } from "../errors.ts";
import { type DerReader, type DerValue, Tag } from "./der.ts";

/**
 * The AlgorithmIdentifier that stands in SubjectPublicKeyInfo and in PKCS#8, and what it says about a
 * key: RFC 8017 appendix A.1 (RSA), RFC 5480 section 2.1.1 (EC), RFC 8410 section 3 (Ed25519).
 *
 * @module
 */

const RSA_ENCRYPTION = "2a864886f70d010101";
const EC_PUBLIC_KEY = "2a8648ce3d0201";
const ED25519 = "2b6570";

/** The curves' object identifiers (RFC 5480 section 2.1.1.1), by their JWK names. */
const curves: Readonly<Record<string, string>> = {
  "P-256": "2a8648ce3d030107",
  "P-384": "2b81040022",
  "P-521": "2b81040023",
};

/** What else is met in key files, so that a refusal can name it. */
const others: Readonly<Record<string, string>> = {
  "2a864886f70d01010a": "RSA restricted to PSS (id-RSASSA-PSS)",
  "2a864886f70d010301": "Diffie-Hellman",
  "2a8648ce380401": "DSA",
  "2b656e": "X25519",
  "2b656f": "X448",
  "2b6571": "Ed448",
  "2b8104000a": "the curve secp256k1",
  "2b81040021": "the curve P-224",
  "2b2403030208010107": "the curve brainpoolP256r1",
};

const ALTERNATIVES =
  "Use RSA of 2048, 3072 or 4096 bits, ECDSA on P-256, P-384 or P-521, or Ed25519";

/** What an AlgorithmIdentifier tells: all of an EC or Ed25519 key's type, and RSA without its size. */
export type KeyAlgorithm =
  | { readonly family: "rsa" }
  | { readonly family: "ec" | "ed25519"; readonly info: KeyTypeInfo };

/**
 * Reads the AlgorithmIdentifier that comes next.
 *
 * @throws {DerError} for what is none
 * @throws {CryptoError} `KEY_REFUSED` for keys of other kinds
 */
export function readKeyAlgorithm(reader: DerReader): KeyAlgorithm {
  const sequence = reader.enter(Tag.SEQUENCE);
  const algorithm = sequence.read(Tag.OBJECT_IDENTIFIER).toHex();
  if (algorithm === EC_PUBLIC_KEY) {
    const info = readCurve(sequence);
    sequence.end();
    return { family: "ec", info };
  }
  if (algorithm === RSA_ENCRYPTION) {
    // RFC 8017 appendix A.1: the parameters are NULL; some writers leave them out.
    if (!sequence.ended) sequence.read(Tag.NULL);
    sequence.end();
    return { family: "rsa" };
  }
  if (algorithm === ED25519) {
    sequence.end();
    return { family: "ed25519", info: infoOfCurve("Ed25519") };
  }
  throw refused(others[algorithm] ?? "an unknown kind");
}

/** Reads the named curve that comes next; parameters that spell a curve out are refused. */
export function readCurve(reader: DerReader): KeyTypeInfo {
  if (reader.peek() === Tag.SEQUENCE) throw refused("a curve given by explicit parameters");
  const identifier = reader.read(Tag.OBJECT_IDENTIFIER).toHex();
  const name = Object.keys(curves).find((name) => curves[name] === identifier);
  if (name === undefined) throw refused(others[identifier] ?? "an unknown curve");
  return infoOfCurve(name);
}

/**
 * The key type of a curve by its JWK name.
 *
 * @throws {CryptoError} `KEY_REFUSED`
 */
export function infoOfCurve(jwkCurve: string): KeyTypeInfo {
  const info = keyTypes.find((info) => info.jwkCurve === jwkCurve);
  if (info === undefined) throw refused(`the curve ${jwkCurve}`);
  return info;
}

/**
 * The key type of an RSA modulus, given without leading zeros.
 *
 * @throws {CryptoError} `KEY_REFUSED`
 */
export function infoOfModulus(modulus: Uint8Array): KeyTypeInfo {
  const bits = modulus.length * 8 - (Math.clz32(modulus[0]) - 24);
  const info = keyTypes.find((info) => info.modulusBits === bits);
  if (info === undefined) {
    throw refused(bits < 2048 ? `RSA of ${bits} bits, too few` : `RSA of ${bits} bits`);
  }
  return info;
}

/** Refuses a key of a kind that is not in the table. */
function refused(kind: string): CryptoError {
  return new CryptoError("KEY_REFUSED", `Refused a key of ${kind}. ${ALTERNATIVES}`);
}

/** The AlgorithmIdentifier of a key type, to be written. */
export function keyAlgorithm(family: KeyTypeInfo["family"], jwkCurve?: string): DerValue {
  if (family === "rsa") return [Tag.SEQUENCE, identifier(RSA_ENCRYPTION), [Tag.NULL]];
  if (family === "ed25519") return [Tag.SEQUENCE, identifier(ED25519)];
  return [Tag.SEQUENCE, identifier(EC_PUBLIC_KEY), identifier(curves[jwkCurve!])];
}

function identifier(hex: string): DerValue {
  return [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(hex)];
}

/**
 * Private keys as JSON Web Keys: RFC 7517, RFC 7518 section 6 (RSA, EC), RFC 8037 (Ed25519).
 *
 * A JWK that is read has been a string: JavaScript cannot overwrite one, so its secret stays in the heap
 * until the collector has reused the place. A JWK that is written never is a string.
 *
 * @module
 */
import { families, type Family, type KeyTypeInfo, keyTypes } from "../algorithms/mod.ts";
import { CryptoError } from "../errors.ts";
import { refuseKind } from "./_refusals.ts";
import { encodeBase64 } from "./base64.ts";
import { codecOf, type MemberLengths, multiPrime, type Numbers } from "./families/mod.ts";
import { concatenate } from "./pem.ts";
import { encodePkcs8, readPkcs8 } from "./private_key.ts";
import { jwkType } from "./public_jwk.ts";
import { readSpki } from "./public_key.ts";

type Jwk = Readonly<Record<string, unknown>>;

/**
 * Converts a private JWK to PKCS#8 with the public half beside it. The caller zeroes the result.
 *
 * @param text JSON in UTF-8
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`, `NOT_PRIVATE_KEY`
 */
export function pkcs8FromJwk(text: Uint8Array): Uint8Array {
  const jwk = parse(text);
  if (Array.isArray(jwk.keys)) {
    throw refused("a JWK set: write one of its keys to a file of its own");
  }
  const family = familyOf(jwk);
  const codec = codecOf(family);
  const named = namedType(jwk, family);
  const secrets = codec.privateMembers(named);
  if (Object.keys(secrets).every((name) => jwk[name] === undefined)) {
    const message = "Refused a public key: the JWK has no secret; name the private key";
    throw new CryptoError("NOT_PRIVATE_KEY", message);
  }
  requireSigningUse(jwk);
  if (jwk.oth !== undefined) throw multiPrime();
  const missing = Object.keys(secrets).filter((name) => jwk[name] === undefined);
  if (missing.length > 0) {
    throw refused(
      `a JWK without its members ${missing.join(", ")}: export the key with all of them`,
    );
  }
  const members = readMembers(jwk, { ...codec.publicMembers(named), ...secrets });
  try {
    const parts = codec.fromMembers(members, named);
    requireFittingAlgorithm(jwk, parts.info);
    const pkcs8 = encodePkcs8(parts, parts.publicKeys[0]);
    zero(parts.numbers);
    return pkcs8;
  } finally {
    zero(members);
  }
}

function zero(numbers: Numbers): void {
  for (const number of Object.values(numbers)) number.fill(0);
}

function refused(reason: string): CryptoError {
  return new CryptoError("KEY_REFUSED", `Refused ${reason}`);
}

function parse(text: Uint8Array): Jwk {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    // The error is no cause to keep: it quotes the text that it could not read, perhaps the secret.
  }
  if (typeof value === "object" && value !== null) return value as Jwk;
  throw new CryptoError("BAD_KEY", "The JWK is truncated or not JSON");
}

/** Finds the family of a JWK. Families that share a `kty` are distinguished by the type's members. */
function familyOf(jwk: Jwk): Family {
  const found = keyTypes.filter(({ family }) => families[family].kty === jwk.kty);
  if (found.length === 0) {
    const known = [...new Set(Object.values(families).map(({ kty }) => kty))].join(", ");
    throw refused(`a JWK whose kty is none of ${known}`);
  }
  return (found.find((info) => isNamed(info, jwk)) ?? found[0]).family;
}

/** Finds the key type that a JWK names; undefined for a family whose keys name none. */
function namedType(jwk: Jwk, family: Family): KeyTypeInfo | undefined {
  const types = keyTypes.filter((info) => info.family === family);
  const [name] = Object.keys(types[0].jwk);
  if (name === undefined) return undefined;
  const found = types.find((info) => isNamed(info, jwk));
  if (found !== undefined) return found;
  const value = String(jwk[name]).slice(0, 20);
  if (keyTypes.some((info) => info.jwk[name as keyof typeof info.jwk] === value)) {
    throw new CryptoError("BAD_KEY", `The JWK's kty does not fit its ${name} ${value}`);
  }
  throw refuseKind(`the ${name} ${value}`);
}

function isNamed(info: KeyTypeInfo, jwk: Jwk): boolean {
  return Object.entries(info.jwk).every(([name, value]) => jwk[name] === value);
}

/** Refuses a key that its owner has reserved for other uses (RFC 7517 sections 4.2 and 4.3). */
function requireSigningUse({ use, key_ops: operations }: Jwk): void {
  if (use !== undefined && use !== "sig") {
    throw refused('a JWK that is not for signatures (its use is not "sig"): name another key');
  }
  if (operations === undefined) return;
  if (!Array.isArray(operations) || !operations.includes("sign")) {
    throw refused('a JWK that is not for signing (its key_ops lack "sign"): name another key');
  }
}

/** Refuses a key whose `alg` is for another kind of key, or for encryption (RFC 7517 section 4.4). */
function requireFittingAlgorithm({ alg }: Jwk, { name, jwkAlgorithms }: KeyTypeInfo): void {
  if (alg === undefined || jwkAlgorithms.includes(alg as string)) return;
  throw refused(
    `a JWK whose alg does not fit: for a key of type ${name} use ${jwkAlgorithms.join(", ")}`,
  );
}

function readMembers(jwk: Jwk, lengths: MemberLengths): Numbers {
  return Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => [name, member(jwk, name, length)]),
  );
}

/** Decodes a member; `length` is the number of bytes that RFC 7518 section 6.2 requires for curves. */
function member(jwk: Jwk, name: string, length: number | undefined): Uint8Array {
  const value = jwk[name];
  try {
    if (typeof value === "string" && value !== "") {
      const decoded = Uint8Array.fromBase64(value, { alphabet: "base64url" });
      // RFC 7518 section 2: a number is written in as few bytes as it takes. Zeros before it do no harm.
      if (length === undefined) return decoded.subarray(decoded.findIndex((byte) => byte !== 0));
      if (decoded.length === length) return decoded;
    }
  } catch {
    // As with JSON: the error may quote the value.
  }
  throw new CryptoError(
    "BAD_KEY",
    `The JWK's member ${name} is missing, damaged or of a wrong length`,
  );
}

/**
 * Encodes a private key as a JWK: one line of JSON in UTF-8, built without a string of the secret.
 *
 * @param key the two halves of one key; the private half is zeroed
 */
export function encodePrivateJwk(
  { pkcs8, spki }: { readonly pkcs8: Uint8Array; readonly spki: Uint8Array },
): Uint8Array {
  const { info, numbers } = readSpki(spki);
  const parts = readPkcs8(pkcs8);
  const secrets: Uint8Array[] = [];
  const pieces: Uint8Array[] = [];
  const write = (text: string) => pieces.push(new TextEncoder().encode(text));
  const { kty, ...curve } = jwkType(info);
  for (const [name, value] of Object.entries({ kty, ...curve })) {
    write(`${pieces.length === 0 ? "{" : ","}"${name}":"${value}"`);
  }
  for (const [name, bytes] of Object.entries({ ...numbers, ...parts.numbers })) {
    const base64 = encodeBase64(bytes, "base64url");
    secrets.push(base64);
    write(`,"${name}":"`);
    pieces.push(base64);
    write('"');
  }
  write("}\n");
  const jwk = concatenate(pieces);
  for (const secret of secrets) secret.fill(0);
  zero(parts.numbers);
  return jwk;
}

import { CryptoError } from "../errors.ts";
import { infoOfCurve, keyAlgorithm } from "./algorithm_identifier.ts";
import { encodeBase64 } from "./base64.ts";
import { type DerReader, type DerValue, Tag, unsignedInteger } from "./der.ts";
import { concatenate } from "./pem.ts";
import { encodePkcs8, read, VERSION_0 } from "./private_key.ts";
import { encodeSpki, type PublicNumbers, readSpki } from "./public_key.ts";

/**
 * Private keys as JSON Web Keys: RFC 7518 section 6 (RSA, EC), RFC 8037 (Ed25519).
 *
 * What is read has been a string: JavaScript cannot overwrite one, so the secret of a JWK stays in its
 * heap until the collector has reused the place. What is written never is.
 *
 * @module
 */

/** The members of an RSA key in the order of PKCS#1 (RFC 8017 appendix A.1.2). */
const rsaMembers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const;

/** The first byte of an uncompressed point (SEC 1 section 2.3.3). */
const UNCOMPRESSED = new Uint8Array([4]);
/** A BIT STRING's count of unused bits. */
const WHOLE_BYTES = new Uint8Array([0]);

/** A private key in PKCS#8 and the public half that came with it, which has to be the one of it. */
export interface KeyPair {
  readonly pkcs8: Uint8Array;
  readonly spki: Uint8Array;
}

/**
 * Reads a private JWK.
 *
 * @param text JSON in UTF-8
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
 */
export function readPrivateJwk(text: Uint8Array): KeyPair {
  const jwk = parse(text);
  if (Array.isArray(jwk.keys)) {
    throw new CryptoError(
      "KEY_REFUSED",
      "Refused a JWK set: write one of its keys to a file of its own",
    );
  }
  if (!["RSA", "EC", "OKP"].includes(jwk.kty as string)) {
    throw new CryptoError("KEY_REFUSED", "Refused a JWK whose kty is not RSA, EC or OKP");
  }
  if (jwk.d === undefined) {
    throw new CryptoError(
      "NOT_PRIVATE_KEY",
      "Refused a public key: the JWK has no d; name the private key",
    );
  }
  return jwk.kty === "RSA" ? readRsa(jwk) : readCurveKey(jwk);
}

function parse(text: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    // The error is no cause to keep: it quotes what it could not read, and that may be the secret.
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new CryptoError("BAD_KEY", "The JWK is truncated or not JSON");
}

function readRsa(jwk: Record<string, unknown>): KeyPair {
  if (jwk.oth !== undefined) {
    throw new CryptoError("KEY_REFUSED", "Refused an RSA key of more than two primes");
  }
  if (jwk.p === undefined) {
    const remedy = "export the key again with p, q, dp, dq and qi";
    throw new CryptoError("KEY_REFUSED", `Refused an RSA JWK without its primes: ${remedy}`);
  }
  const numbers = rsaMembers.map((name) => member(jwk, name));
  const [n, e] = numbers;
  const key: DerValue = [Tag.SEQUENCE, VERSION_0, ...numbers.map(unsignedInteger)];
  const pair = { pkcs8: encodePkcs8(keyAlgorithm("rsa"), key), spki: encodeSpki("rsa", { n, e }) };
  zero(numbers);
  return pair;
}

function readCurveKey(jwk: Record<string, unknown>): KeyPair {
  const { family, jwkCurve, scalarBytes } = infoOfCurve(String(jwk.crv).slice(0, 20));
  if ((family === "ec") !== (jwk.kty === "EC")) {
    throw new CryptoError("BAD_KEY", `The JWK's kty does not fit its crv ${jwkCurve}`);
  }
  const d = member(jwk, "d", scalarBytes ?? 32);
  const x = member(jwk, "x", scalarBytes ?? 32);
  const algorithm = keyAlgorithm(family, jwkCurve);
  if (family === "ed25519") {
    const pkcs8 = encodePkcs8(algorithm, [Tag.OCTET_STRING, d]);
    zero([d]);
    return { pkcs8, spki: encodeSpki(family, { x }) };
  }
  const y = member(jwk, "y", scalarBytes);
  const point: DerValue = [Tag.BIT_STRING, WHOLE_BYTES, UNCOMPRESSED, x, y];
  const version: DerValue = [Tag.INTEGER, new Uint8Array([1])];
  const pkcs8 = encodePkcs8(algorithm, [
    Tag.SEQUENCE,
    version,
    [Tag.OCTET_STRING, d],
    [Tag.CONTEXT_1, point],
  ]);
  zero([d]);
  return { pkcs8, spki: encodeSpki(family, { x, y }, jwkCurve) };
}

/** A member in base64url; `bytes` is the length that RFC 7518 section 6.2 demands of curves. */
function member(jwk: Record<string, unknown>, name: string, bytes?: number): Uint8Array {
  const value = jwk[name];
  try {
    if (typeof value === "string" && value !== "") {
      const decoded = Uint8Array.fromBase64(value, { alphabet: "base64url" });
      if (bytes === undefined || decoded.length === bytes) return decoded;
    }
  } catch {
    // As with JSON: the error may quote the value.
  }
  throw new CryptoError(
    "BAD_KEY",
    `The JWK's member ${name} is missing, damaged or of a wrong length`,
  );
}

/** Writes a private key as a JWK: one line of JSON in UTF-8, built without a string of the secret. */
export function encodePrivateJwk({ pkcs8, spki }: KeyPair): Uint8Array {
  const { info, numbers } = readSpki(spki);
  const encode = (text: string) => new TextEncoder().encode(text);
  const kty = { rsa: "RSA", ec: "EC", ed25519: "OKP" }[info.family];
  const curve = info.jwkCurve === undefined ? "" : `,"crv":"${info.jwkCurve}"`;
  const secrets: Uint8Array[] = [];
  const parts: Uint8Array[] = [encode(`{"kty":"${kty}"${curve}`)];
  for (const [name, bytes] of members(pkcs8, info.family, numbers)) {
    const base64 = encodeBase64(bytes, "base64url");
    secrets.push(base64);
    parts.push(encode(`,"${name}":"`), base64, encode('"'));
  }
  parts.push(encode("}\n"));
  const jwk = concatenate(parts);
  zero(secrets);
  return jwk;
}

/** All members of a key, public and private, by their names. */
function members(
  pkcs8: Uint8Array,
  family: "rsa" | "ec" | "ed25519",
  numbers: PublicNumbers,
): [string, Uint8Array][] {
  return read(pkcs8, "PKCS#8", (sequence) => {
    sequence.readUnsigned();
    sequence.read(Tag.SEQUENCE);
    const key = sequence.enter(Tag.OCTET_STRING);
    if (family === "ed25519") {
      return [...Object.entries(numbers), ["d", key.read(Tag.OCTET_STRING)]];
    }
    const fields: DerReader = key.enter(Tag.SEQUENCE);
    fields.readUnsigned();
    if (family === "rsa") return rsaMembers.map((name) => [name, fields.readUnsigned()]);
    return [...Object.entries(numbers), ["d", fields.read(Tag.OCTET_STRING)]];
  });
}

function zero(secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

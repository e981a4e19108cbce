/** Public keys as JSON Web Keys: RFC 7517, RFC 7518 section 6 (RSA, EC), RFC 8037 (Ed25519). @module */
import { families, type KeyTypeInfo } from "../algorithms/mod.ts";
import { readSpki } from "./public_key.ts";

/** A public JWK: the members that name the type, and the numbers in base64url. */
export type PublicJwk = Readonly<Record<string, string>>;

/** The members of a JWK that name the type of a key. */
export function jwkType(info: KeyTypeInfo): Record<string, string> {
  return { kty: families[info.family].kty, ...info.jwk };
}

/**
 * Converts a SubjectPublicKeyInfo to a JWK with the members that RFC 7638 section 3.2 requires, sorted by
 * name, as that RFC hashes them.
 *
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
 */
export function jwkFromSpki(spki: Uint8Array): PublicJwk {
  const { info, numbers } = readSpki(spki);
  const members = Object.entries(jwkType(info));
  for (const [name, bytes] of Object.entries(numbers)) {
    members.push([name, bytes.toBase64({ alphabet: "base64url", omitPadding: true })]);
  }
  return Object.fromEntries(members.sort(([a], [b]) => a < b ? -1 : 1));
}

import type { PublicNumbers } from "./public_key.ts";
import { readSpki } from "./public_key.ts";

/** A public key as a JSON Web Key: RFC 7517, RFC 7518 section 6 (RSA, EC), RFC 8037 (Ed25519). */
export type PublicJwk =
  | { readonly e: string; readonly kty: "RSA"; readonly n: string }
  | { readonly crv: string; readonly kty: "EC"; readonly x: string; readonly y: string }
  | { readonly crv: string; readonly kty: "OKP"; readonly x: string };

/**
 * The JWK of a SubjectPublicKeyInfo, with the members that RFC 7638 section 3.2 requires in the order
 * in which it hashes them, and no others.
 *
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
 */
export function jwkFromSpki(spki: Uint8Array): PublicJwk {
  const { info, numbers } = readSpki(spki);
  const text = mapNumbers(numbers);
  if (text.n !== undefined) return { e: text.e, kty: "RSA", n: text.n };
  if (text.y !== undefined) return { crv: info.jwkCurve!, kty: "EC", x: text.x, y: text.y };
  return { crv: info.jwkCurve!, kty: "OKP", x: text.x! };
}

/** The numbers in base64url without padding. */
function mapNumbers(numbers: PublicNumbers): Record<string, string> {
  const encode = (bytes: Uint8Array) =>
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return Object.fromEntries(Object.entries(numbers).map(([name, bytes]) => [name, encode(bytes!)]));
}

/** Public keys in files: PEM, DER and JWK, and their thumbprints. @module */
import { Buffer } from "node:buffer";
import { nodeCrypto } from "../node/mod.ts";
import {
  decodePemBody,
  encodePem,
  findPemBlocks,
  jwkFromSpki,
  looksLikePem,
  type PublicJwk,
} from "./encoding/mod.ts";
import { opensslSha256 } from "./openssl/mod.ts";
import { CryptoError } from "./errors.ts";
import type { CryptoProvider, PublicKey } from "./provider.ts";

/** The format of a written key: PEM (PKCS#8 or SubjectPublicKeyInfo), its DER, or a JSON Web Key. */
export type KeyFormat = "pem" | "der" | "jwk";

/** Converts a public key to a JSON Web Key with its required members only. */
export function publicJwk(key: PublicKey): PublicJwk {
  return jwkFromSpki(key.spki);
}

/**
 * Computes a key's thumbprint: SHA-256 over the JWK's required members in their order, in base64url without
 * padding, 43 characters (RFC 7638 section 3; RFC 8037 appendix A.3 for Ed25519).
 */
export function thumbprint(key: PublicKey): string {
  const members = new TextEncoder().encode(JSON.stringify(publicJwk(key)));
  // node:crypto takes 20 ms of a start.
  const hash = opensslSha256()?.(members) ??
    nodeCrypto().createHash("sha256").update(members).digest();
  return Buffer.from(hash).toString("base64url");
}

/** Writes a public key; PEM and JWK end with a newline. */
export function encodePublicKey(key: PublicKey, format: KeyFormat): Uint8Array {
  if (format === "der") return key.spki.slice();
  if (format === "pem") return encodePem("PUBLIC KEY", key.spki);
  return new TextEncoder().encode(`${JSON.stringify(publicJwk(key))}\n`);
}

/**
 * Reads a public key, a SubjectPublicKeyInfo in PEM or DER.
 *
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
 */
export function readPublicKey(provider: CryptoProvider, bytes: Uint8Array): PublicKey {
  if (!looksLikePem(bytes)) return provider.importPublicKey(bytes);
  const [block, ...more] = findPemBlocks(bytes);
  if (block.label !== "PUBLIC KEY" || more.length > 0) {
    const found = more.length > 0 ? `${more.length + 1} PEM blocks` : `a PEM block ${block.label}`;
    throw new CryptoError("KEY_REFUSED", `Refused ${found}: name a file with one block PUBLIC KEY`);
  }
  return provider.importPublicKey(decodePemBody(block));
}

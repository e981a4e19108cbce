/**
 * PBES2 by node:crypto (RFC 8018 section 6.2). Deno's own export does 2,048 iterations, which is far too
 * few for a passphrase.
 *
 * @module
 */
import { nodeCrypto } from "../../node/mod.ts";
import {
  encodeEncryptedPkcs8,
  type Encryption,
  type Kdf,
  MAX_SCRYPT_BYTES,
} from "../encoding/mod.ts";

/** Encrypts a PKCS#8 key with AES-256-CBC, and PBKDF2 with HMAC-SHA-256. */
export function encryptPkcs8(
  pkcs8: Uint8Array,
  passphrase: Uint8Array,
  iterations: number,
): Uint8Array {
  const { createCipheriv, pbkdf2Sync, randomBytes } = nodeCrypto();
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  key.fill(0);
  return encodeEncryptedPkcs8({ salt, iterations, iv }, [cipher.update(pkcs8), cipher.final()]);
}

/** Decrypts a PKCS#8 key; undefined for a wrong passphrase, with which the padding is wrong. */
export function decryptPkcs8(
  { kdf, cipher, keyBytes, iv, data }: Encryption,
  passphrase: Uint8Array,
): Uint8Array | undefined {
  const key = deriveKey(kdf, passphrase, keyBytes);
  const pieces: Uint8Array[] = [];
  try {
    const decipher = nodeCrypto().createDecipheriv(cipher, key, iv);
    pieces.push(decipher.update(data));
    pieces.push(decipher.final());
    const [first, last] = pieces;
    const pkcs8 = new Uint8Array(first.length + last.length);
    pkcs8.set(first);
    pkcs8.set(last, first.length);
    return pkcs8;
  } catch {
    return undefined;
  } finally {
    for (const secret of [key, ...pieces]) secret.fill(0);
  }
}

function deriveKey(kdf: Kdf, passphrase: Uint8Array, keyBytes: number): Uint8Array {
  switch (kdf.name) {
    case "pbkdf2":
      return nodeCrypto().pbkdf2Sync(passphrase, kdf.salt, kdf.iterations, keyBytes, kdf.hash);
    case "scrypt": {
      const { salt, cost: N, blockSize: r, parallelization: p } = kdf;
      return nodeCrypto().scryptSync(passphrase, salt, keyBytes, {
        N,
        r,
        p,
        maxmem: 2 * MAX_SCRYPT_BYTES,
      });
    }
  }
}

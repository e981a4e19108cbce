import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { type DerValue, encodeDer, Tag, unsignedInteger } from "../encoding/mod.ts";

/**
 * Encrypts a PKCS#8 key by PBES2 (RFC 8018 appendix A.4) with AES-256-CBC, and PBKDF2 with
 * HMAC-SHA-256. Deno's own export does 2,048 iterations, which is far too few for a passphrase.
 */
export function encryptPkcs8(pkcs8: Uint8Array, passphrase: Uint8Array, iterations: number) {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const sealed = [cipher.update(pkcs8), cipher.final()];
  key.fill(0);
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, iterations);
  const hash: DerValue = [Tag.SEQUENCE, identifier(HMAC_SHA_256), [Tag.NULL]];
  const derivation: DerValue = [
    Tag.SEQUENCE,
    identifier(PBKDF2),
    [Tag.SEQUENCE, [Tag.OCTET_STRING, salt], unsignedInteger(count), hash],
  ];
  const encryption: DerValue = [Tag.SEQUENCE, identifier(AES_256_CBC), [Tag.OCTET_STRING, iv]];
  return encodeDer([
    Tag.SEQUENCE,
    [Tag.SEQUENCE, identifier(PBES2), [Tag.SEQUENCE, derivation, encryption]],
    [Tag.OCTET_STRING, ...sealed],
  ]);
}

// RFC 8018 appendix C: 1.2.840.113549.1.5.13 and .12, 1.2.840.113549.2.9, 2.16.840.1.101.3.4.1.42
const PBES2 = "2a864886f70d01050d";
const PBKDF2 = "2a864886f70d01050c";
const HMAC_SHA_256 = "2a864886f70d0209";
const AES_256_CBC = "60864801650304012a";

function identifier(hex: string): DerValue {
  return [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(hex)];
}

/** Private keys in every format that is written. @module */
import { encodePem, encodePrivateJwk } from "../encoding/mod.ts";
import { CryptoError } from "../errors.ts";
import type { PrivateKey } from "../provider.ts";
import type { KeyFormat } from "../public_key.ts";

/**
 * Writes a private key: PKCS#8 in PEM or DER, encrypted when there is a passphrase, or a JWK. The caller
 * zeroes the result, and the passphrase.
 *
 * @throws {CryptoError} `BAD_PASSPHRASE` for a JWK with a passphrase or an empty one, `PROVIDER_FAILED`
 */
export function encodePrivateKey(
  key: PrivateKey,
  format: KeyFormat,
  passphrase?: Uint8Array,
): Uint8Array {
  if (passphrase !== undefined) return encodeEncrypted(key, format, passphrase);
  const pkcs8 = key.exportPkcs8();
  if (format === "der") return pkcs8;
  try {
    if (format === "pem") return encodePem("PRIVATE KEY", pkcs8);
    return encodePrivateJwk({ pkcs8, spki: key.publicKey.spki });
  } finally {
    pkcs8.fill(0);
  }
}

function encodeEncrypted(key: PrivateKey, format: KeyFormat, passphrase: Uint8Array): Uint8Array {
  if (passphrase.length === 0) {
    throw new CryptoError(
      "BAD_PASSPHRASE",
      "An empty passphrase protects nothing: give a longer one",
    );
  }
  if (format === "jwk") {
    const message = "A JWK cannot be written encrypted: use PEM or DER, or no passphrase";
    throw new CryptoError("BAD_PASSPHRASE", message);
  }
  const encrypted = key.exportEncryptedPkcs8(passphrase);
  return format === "der" ? encrypted : encodePem("ENCRYPTED PRIVATE KEY", encrypted);
}

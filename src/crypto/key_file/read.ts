/** Private keys in every format that is read. @module */
import { pkcs8FromJwk, pkcs8FromPkcs1, pkcs8FromSec1 } from "../encoding/mod.ts";
import { CryptoError } from "../errors.ts";
import type { CryptoProvider, PrivateKey } from "../provider.ts";
import { type Container, detect, type Found } from "./formats.ts";

/** Returns the passphrase of a key file, in a buffer that the reader zeroes after use. */
export type PassphraseSource = (source: string) => Uint8Array | Promise<Uint8Array>;

/** Options of reading a private key. */
export interface ReadPrivateKeyOptions {
  /** Called when the key is encrypted, and only then. */
  readonly passphrase?: PassphraseSource | undefined;
  /** Called once the bytes are known to hold a private key. It may throw a CryptoError to refuse it. */
  readonly beforeImport?: () => void;
}

/** The conversion of each unencrypted container to PKCS#8, in a buffer of its own. */
const conversions: Record<
  Exclude<Container, "encrypted-pkcs8">,
  (bytes: Uint8Array) => Uint8Array
> = {
  pkcs8: (der) => der.slice(),
  jwk: pkcs8FromJwk,
  pkcs1: pkcs8FromPkcs1,
  sec1: pkcs8FromSec1,
};

/**
 * Reads a private key: PKCS#8 (plain or encrypted), PKCS#1 or SEC 1, in PEM or DER, or a JWK.
 *
 * `bytes` and every copy of it are zeroed in any case. A JWK is text: strings with its secret stay in the
 * heap until the collector has reused their place.
 *
 * @param source the name of the key in messages, such as `Key file PATH`
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`, `NOT_PRIVATE_KEY`, `BAD_PASSPHRASE`; the message begins with `source`
 */
export async function readPrivateKey(
  provider: CryptoProvider,
  bytes: Uint8Array,
  source: string,
  { passphrase, beforeImport }: ReadPrivateKeyOptions = {},
): Promise<PrivateKey> {
  let found: Found | undefined;
  try {
    found = detect(bytes);
    beforeImport?.();
    if (found.container === "encrypted-pkcs8") {
      return await readEncrypted(provider, found.bytes, source, passphrase);
    }
    return provider.importPrivateKey(conversions[found.container](found.bytes));
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new CryptoError(error.code, `${source}: ${error.message}`, { cause: error });
  } finally {
    bytes.fill(0);
    found?.bytes.fill(0);
  }
}

async function readEncrypted(
  provider: CryptoProvider,
  pkcs8: Uint8Array,
  source: string,
  passphrase: PassphraseSource | undefined,
): Promise<PrivateKey> {
  if (passphrase === undefined) {
    throw new CryptoError("BAD_PASSPHRASE", "The private key is encrypted: give its passphrase");
  }
  const secret = await passphrase(source);
  try {
    return provider.importEncryptedPrivateKey(pkcs8, secret);
  } finally {
    secret.fill(0);
  }
}

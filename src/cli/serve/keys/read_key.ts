/** The key files of a server, with their passphrases. @module */
import { type CryptoProvider, type PrivateKey, readPrivateKeyFile } from "../../../crypto/mod.ts";
import { type Asking, passphraseBeside, passphraseToRead } from "../../passphrase/mod.ts";

/** Options for reading the key files of a server. */
export interface KeyReading {
  readonly provider: CryptoProvider;
  /** The file of the passphrase for encrypted keys without one of their own. */
  readonly passphraseFile?: string | undefined;
  readonly allowInsecureKeyFiles?: boolean | undefined;
  readonly asking: Asking;
}

/**
 * Reads a key file. An encrypted key is opened by the passphrase in `passphrasePath` where that file is
 * there, and else by the passphrase of the options.
 *
 * @throws {CryptoError} as `readPrivateKeyFile()`
 */
export function readKeyFile(
  reading: KeyReading,
  path: string,
  passphrasePath?: string,
): Promise<PrivateKey> {
  const { provider, allowInsecureKeyFiles: allowInsecure = false, asking } = reading;
  return readPrivateKeyFile(provider, path, {
    allowInsecure,
    passphrase: async () => {
      const own = passphrasePath && await passphraseBeside(passphrasePath, { allowInsecure });
      return own || await passphraseToRead(reading, `Passphrase of ${path}: `, asking);
    },
  });
}

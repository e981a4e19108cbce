/** The key files of a server, with their passphrases. @module */
import { type CryptoProvider, type PrivateKey, readPrivateKeyFile } from "../../../crypto/mod.ts";
import { passphraseBeside, type Passphrases } from "../../passphrase/mod.ts";

/** Options for reading the key files of a server. */
export interface KeyReading {
  readonly provider: CryptoProvider;
  /** The passphrases of encrypted keys without a file of their own. */
  readonly passphrases: Passphrases;
  readonly allowInsecureKeyFiles?: boolean | undefined;
}

/**
 * Reads a key file. An encrypted key is opened by the passphrase in `passphrasePath` where that file is
 * there, and else by the passphrase of the options.
 *
 * @throws {CryptoError} as `readPrivateKeyFile()`
 */
export function readKeyFile(
  { provider, passphrases, allowInsecureKeyFiles: allowInsecure = false }: KeyReading,
  path: string,
  passphrasePath?: string,
): Promise<PrivateKey> {
  return readPrivateKeyFile(provider, path, {
    allowInsecure,
    passphrase: async () => {
      const own = passphrasePath && await passphraseBeside(passphrasePath, { allowInsecure });
      return own || await passphrases.read(`Passphrase of ${path}: `);
    },
  });
}

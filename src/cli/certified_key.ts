/** A certificate chain with its private key, from the files that options name. @module */
import { type CryptoProvider, type PrivateKey, readPrivateKeyFile } from "../crypto/mod.ts";
import type { SharedIdentity } from "../net/mod.ts";
import type { Passphrases } from "./passphrase/mod.ts";
import { readServerFile } from "./read_file.ts";

/** The files of a certificate chain and of its private key. */
export interface CertifiedKeyFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Options of reading a private key. */
export interface KeyReadOptions {
  readonly allowInsecureKeyFiles?: boolean;
}

/** A certificate chain with its private key, which stays in libcrypto. */
export class CertifiedKey implements Disposable {
  /** Certificates in PEM: the leaf first, then intermediates. */
  readonly certificates: Uint8Array;
  readonly #key: PrivateKey;

  private constructor(certificates: Uint8Array, key: PrivateKey) {
    this.certificates = certificates;
    this.#key = key;
  }

  /**
   * Reads both files.
   *
   * @param provider the provider `openssl`
   * @throws {CliError} for a file that cannot be read
   * @throws {CryptoError} for a private key that cannot be used
   */
  static async read(
    provider: CryptoProvider,
    files: CertifiedKeyFiles,
    passphrases: Passphrases,
    { allowInsecureKeyFiles: allowInsecure = false }: KeyReadOptions = {},
  ): Promise<CertifiedKey> {
    const certificates = await readServerFile(files.certificate);
    const key = await readPrivateKeyFile(provider, files.key, {
      allowInsecure,
      passphrase: () => passphrases.read(`Passphrase of ${files.key}: `),
    });
    return new CertifiedKey(certificates, key);
  }

  /** Shares it with a thread, which adopts the key once. */
  share(): SharedIdentity {
    const shared = this.#key.share();
    if (shared.provider !== "openssl") throw new TypeError("A key for TLS must be one of OpenSSL");
    return { certificates: this.certificates, key: shared.token };
  }

  [Symbol.dispose](): void {
    this.#key[Symbol.dispose]();
  }
}

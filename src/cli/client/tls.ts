/**
 * TLS of the commands that call servers. Imported when an option asks for TLS: it loads keys and libssl.
 *
 * @module
 */
import { openProvider } from "../../crypto/mod.ts";
import {
  openTlsContext,
  type SharedTls,
  socketsSupported,
  type TlsContext,
} from "../../net/mod.ts";
import { CertifiedKey } from "../certified_key.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { Passphrases } from "../passphrase/mod.ts";
import { readFile } from "../read_file.ts";
import type { ClientTlsOptions } from "./options/mod.ts";

/** The TLS settings of a client, read from the files that the options name. */
export class ClientTls implements Disposable {
  readonly #identity: CertifiedKey | undefined;
  readonly #settings: Omit<SharedTls, "identity">;

  private constructor(identity: CertifiedKey | undefined, settings: Omit<SharedTls, "identity">) {
    this.#identity = identity;
    this.#settings = settings;
  }

  /**
   * Reads the files that the options name, and tries a context of them.
   *
   * @throws {CliError} for options that do not go together, and files that cannot be used
   * @throws {CryptoError} for a private key that cannot be used
   */
  static async load(options: ClientTlsOptions): Promise<ClientTls> {
    const { tlsCa, tlsCert, tlsKey, tlsCrl, tlsMin } = options;
    if (!socketsSupported()) throw usageError("TLS is supported on Linux with glibc only");
    if ((tlsCert === undefined) !== (tlsKey === undefined)) {
      throw usageError("A client certificate needs --tls-cert and --tls-key");
    }
    const ca = tlsCa === undefined ? undefined : readFile(tlsCa);
    const crl = tlsCrl === undefined ? undefined : readFile(tlsCrl);
    using passphrases = new Passphrases({}, "start");
    const identity = tlsCert === undefined ? undefined : await CertifiedKey.read(
      openProvider("openssl").provider,
      { certificate: tlsCert, key: tlsKey! },
      passphrases,
    );
    const tls = new ClientTls(identity, {
      role: "client",
      minVersion: tlsMin ?? "1.3",
      ca,
      crl,
      peerCertificate: "require",
    });
    try {
      tls.open()[Symbol.dispose]();
      return tls;
    } catch (cause) {
      tls[Symbol.dispose]();
      const paths = [tlsCa, tlsCert, tlsKey, tlsCrl].filter((path) => path !== undefined);
      throw new CliError(ExitCode.usage, `TLS cannot be set up: ${(cause as Error).message}`, {
        cause,
        hint: `Look at ${paths.join(", ")}`,
      });
    }
  }

  /** The settings for a thread, which opens them once. */
  share(): SharedTls {
    return { ...this.#settings, identity: this.#identity?.share() };
  }

  /** Opens a context for this thread. The caller disposes of it after its channels. */
  open(): TlsContext {
    return openTlsContext(this.share());
  }

  [Symbol.dispose](): void {
    this.#identity?.[Symbol.dispose]();
  }
}

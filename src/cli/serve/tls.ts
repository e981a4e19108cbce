/** TLS of a server: its options, its files, and the context of each thread. @module */
import { randomBytes } from "node:crypto";
import { type CryptoProvider, type PrivateKey, readPrivateKeyFile } from "../../crypto/mod.ts";
import { openLibcrypto, TICKET_KEYS_BYTES } from "../../ffi/mod.ts";
import { type Address, formatAddress, isLoopbackHost, TlsContext } from "../../net/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { passphraseToRead } from "../passphrase/mod.ts";
import { readFile } from "../read_file.ts";

/** The TLS options of `serve`. */
export interface ServeTlsOptions {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tlsClientAuth?: "require" | "request" | "none";
  readonly tlsCrl?: string;
  readonly tlsMin: "1.2" | "1.3";
  readonly allowPlaintext?: boolean;
  readonly passphraseFile?: string;
  readonly allowInsecureKeyFiles?: boolean;
}

/** A TLS configuration on its way to a thread. Its key is adopted once. */
export interface SharedTls {
  readonly certificates: Uint8Array;
  /** The token of `PrivateKey.share()`. */
  readonly key: bigint;
  readonly clientCa: Uint8Array | undefined;
  readonly clientAuth: "require" | "request" | "none";
  readonly crl: Uint8Array | undefined;
  readonly minVersion: "1.2" | "1.3";
  readonly ticketKeys: Uint8Array;
}

/** The TLS configuration of a server. */
export class ServerTls implements Disposable {
  readonly #key: PrivateKey;
  readonly #shared: Omit<SharedTls, "key">;

  private constructor(key: PrivateKey, shared: Omit<SharedTls, "key">) {
    this.#key = key;
    this.#shared = shared;
  }

  /**
   * Reads the files that the options name, and tries a context of them; undefined when no option asks
   * for TLS.
   *
   * @throws {CliError} for options that do not go together, and files that cannot be read
   * @throws {CryptoError} for a private key that cannot be used
   */
  static async load(
    provider: CryptoProvider,
    options: ServeTlsOptions,
  ): Promise<ServerTls | undefined> {
    const { tlsCert, tlsKey, tlsClientCa, tlsClientAuth, tlsCrl, tlsMin } = options;
    if (tlsCert === undefined || tlsKey === undefined) {
      const given = [tlsCert, tlsKey, tlsClientCa, tlsClientAuth, tlsCrl];
      if (given.every((value) => value === undefined)) return undefined;
      throw usageError("TLS needs --tls-cert and --tls-key", "See signer serve --help");
    }
    const clientAuth = tlsClientAuth ?? (tlsClientCa === undefined ? "none" : "require");
    if (clientAuth !== "none" && tlsClientCa === undefined) {
      throw usageError(
        `--tls-client-auth ${clientAuth} needs the CA of the clients`,
        "Name it with --tls-client-ca",
      );
    }
    if (provider.name !== "openssl") {
      throw usageError("TLS needs OpenSSL 3", "Use --provider openssl, and see signer doctor");
    }
    const key = await readPrivateKeyFile(provider, tlsKey, {
      allowInsecure: options.allowInsecureKeyFiles ?? false,
      passphrase: () => passphraseToRead(options, `Passphrase of ${tlsKey}: `),
    });
    const tls = new ServerTls(key, {
      certificates: readFile(tlsCert),
      clientCa: tlsClientCa === undefined ? undefined : readFile(tlsClientCa),
      clientAuth,
      crl: tlsCrl === undefined ? undefined : readFile(tlsCrl),
      minVersion: tlsMin,
      ticketKeys: randomBytes(TICKET_KEYS_BYTES),
    });
    try {
      openTlsContext(tls.share())[Symbol.dispose]();
      return tls;
    } catch (cause) {
      tls[Symbol.dispose]();
      throw new CliError(ExitCode.usage, `TLS cannot be set up: ${(cause as Error).message}`, {
        cause,
        hint: `Look at ${[tlsCert, tlsKey, tlsClientCa, tlsCrl].filter((path) => path).join(", ")}`,
      });
    }
  }

  /** The configuration for a thread, which is to open it with {@linkcode openTlsContext}, once. */
  share(): SharedTls {
    const shared = this.#key.share();
    if (shared.provider !== "openssl") throw new Error("A TLS key is not of OpenSSL");
    return { ...this.#shared, key: shared.token };
  }

  [Symbol.dispose](): void {
    this.#key[Symbol.dispose]();
  }
}

/**
 * Opens the server context of a shared configuration, on the thread that is to use it.
 *
 * @throws {LibsslError} for certificates and keys that cannot be used
 */
export function openTlsContext(shared: SharedTls): TlsContext {
  // The context counts a reference of its own to the key.
  using key = openLibcrypto().adopt(shared.key);
  return new TlsContext({
    role: "server",
    minVersion: shared.minVersion,
    identity: { certificates: shared.certificates, key },
    ca: shared.clientCa,
    crl: shared.crl,
    peerCertificate: shared.clientAuth,
    ticketKeys: shared.ticketKeys,
  });
}

/**
 * Refuses to listen in plaintext where other machines of the network could read and change the requests.
 *
 * @throws {CliError}
 */
export function refusePlaintext(
  places: readonly Address[],
  tls: ServerTls | undefined,
  { allowPlaintext = false }: ServeTlsOptions,
): void {
  if (tls !== undefined || allowPlaintext) return;
  const open = places.find((place) => place.transport === "tcp" && !isLoopbackHost(place.host));
  if (open === undefined) return;
  throw usageError(
    `${formatAddress(open)} can be reached from the network, and requests would not be encrypted`,
    "Use --tls-cert and --tls-key (signer keygen --dev-ca makes them for a trial), listen on " +
      "127.0.0.1, or insist with --allow-plaintext",
  );
}

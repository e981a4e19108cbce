/** TLS of a server: its options and files. @module */
import { randomBytes } from "node:crypto";
import type { CryptoProvider } from "../../crypto/mod.ts";
import { TICKET_KEYS_BYTES } from "../../ffi/mod.ts";
import {
  type Address,
  formatAddress,
  isLoopbackHost,
  openTlsContext,
  type SharedTls,
} from "../../net/mod.ts";
import { CertifiedKey, type KeyReadOptions } from "../certified_key.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { readFile } from "../read_file.ts";

/** The TLS options of `serve`. */
export interface ServeTlsOptions extends KeyReadOptions {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tlsClientAuth?: "require" | "request" | "none";
  readonly tlsCrl?: string;
  readonly tlsMin: "1.2" | "1.3";
  readonly allowPlaintext?: boolean;
}

/** The TLS settings of a server, read from the files that the options name. */
export class ServerTls implements Disposable {
  readonly #identity: CertifiedKey;
  readonly #settings: Omit<SharedTls, "identity">;

  private constructor(identity: CertifiedKey, settings: Omit<SharedTls, "identity">) {
    this.#identity = identity;
    this.#settings = settings;
  }

  /**
   * Reads the files that the options name, and tries a context of them; undefined when no option asks
   * for TLS.
   *
   * @throws {CliError} for options that do not go together, and files that cannot be used
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
    const settings: Omit<SharedTls, "identity"> = {
      role: "server",
      minVersion: tlsMin,
      ca: tlsClientCa === undefined ? undefined : readFile(tlsClientCa),
      crl: tlsCrl === undefined ? undefined : readFile(tlsCrl),
      peerCertificate: clientAuth,
      ticketKeys: randomBytes(TICKET_KEYS_BYTES),
    };
    const files = { certificate: tlsCert, key: tlsKey };
    const tls = new ServerTls(await CertifiedKey.read(provider, files, options), settings);
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

  /** The settings for a thread, which opens them once. */
  share(): SharedTls {
    return { ...this.#settings, identity: this.#identity.share() };
  }

  [Symbol.dispose](): void {
    this.#identity[Symbol.dispose]();
  }
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

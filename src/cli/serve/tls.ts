/** TLS of a server: its options and files. @module */
import { type CryptoProvider, openProvider } from "../../crypto/mod.ts";
import { type RevocationList, TICKET_KEYS_BYTES } from "../../ffi/mod.ts";
import {
  type Address,
  formatAddress,
  isLoopbackHost,
  openTlsContext,
  type SharedTls,
} from "../../net/mod.ts";
import { CertifiedKey, type KeyReadOptions } from "../certified_key.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import type { Passphrases } from "../passphrase/mod.ts";
import { warn } from "../output.ts";
import { readServerFile } from "../read_file.ts";

/** The TLS options of `serve`. */
export interface ServeTlsOptions extends KeyReadOptions {
  /** Certificate chains and their keys, in pairs. The first is for clients that send no server name of another. */
  readonly tlsCert?: readonly string[];
  readonly tlsKey?: readonly string[];
  readonly tlsClientCa?: string;
  readonly tlsClientAuth?: "require" | "request" | "none";
  readonly tlsCrl?: string;
  readonly tlsMin: "1.2" | "1.3";
  readonly allowPlaintext?: boolean;
}

/** The content of the TLS files at one time. */
export class TlsFiles implements Disposable {
  #settings: Omit<SharedTls, "identity" | "alternatives">;
  readonly #keys: readonly CertifiedKey[];
  #revocationLists: readonly RevocationList[] = [];

  /** @param keys are disposed of with it */
  constructor(
    settings: Omit<SharedTls, "identity" | "alternatives">,
    keys: readonly CertifiedKey[],
  ) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /**
   * Opens a context of the files, which shows whether they can be used, and closes it.
   *
   * @throws {LibsslError}
   */
  verify(): void {
    using context = openTlsContext(this.share());
    this.#revocationLists = context.revocationLists;
  }

  /** The revocation lists of the CAs of clients, after `verify()`. */
  get revocationLists(): readonly RevocationList[] {
    return this.#revocationLists;
  }

  /** The number of the server's certificates. */
  get size(): number {
    return this.#keys.length;
  }

  /** All certificates in PEM: the server's chains, and the CA certificates of clients. */
  get certificates(): readonly Uint8Array[] {
    const { ca } = this.#settings;
    return [
      ...this.#keys.map(({ certificates }) => certificates),
      ...(ca === undefined ? [] : [ca]),
    ];
  }

  /** The settings for a thread, which opens them once. */
  share(): SharedTls {
    const [identity, ...alternatives] = this.#keys.map((key) => key.share());
    return { ...this.#settings, identity, alternatives };
  }

  /** Replaces the keys of session tickets: later results of `share()` have the new ones. */
  renewTicketKeys(): void {
    this.#settings = {
      ...this.#settings,
      ticketKeys: crypto.getRandomValues(new Uint8Array(TICKET_KEYS_BYTES)),
    };
  }

  [Symbol.dispose](): void {
    for (const key of this.#keys) key[Symbol.dispose]();
  }
}

/** TLS of a server, whose files can be read again. */
export class ServerTls implements Disposable {
  readonly #provider: CryptoProvider;
  #files: TlsFiles;

  private constructor(provider: CryptoProvider, files: TlsFiles) {
    this.#provider = provider;
    this.#files = files;
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
    passphrases: Passphrases,
  ): Promise<ServerTls | undefined> {
    if (!wantsTls(options)) return undefined;
    if (provider.name === "builtin") {
      throw usageError("TLS needs OpenSSL 3", "Use --provider openssl, and see signer doctor");
    }
    // libssl signs with keys of libcrypto.
    const { provider: openssl } = openProvider("openssl");
    return new ServerTls(openssl, await readTlsFiles(openssl, options, passphrases));
  }

  /** The files in effect. */
  get files(): TlsFiles {
    return this.#files;
  }

  /**
   * Reads the files of the options, without effect until they are given to `replace()`.
   *
   * @throws {CliError | CryptoError} as `load()`
   */
  read(options: ServeTlsOptions, passphrases: Passphrases): Promise<TlsFiles> {
    wantsTls(options);
    return readTlsFiles(this.#provider, options, passphrases);
  }

  /** Uses other files for new handshakes, and disposes of the files before. */
  replace(files: TlsFiles): void {
    this.#files[Symbol.dispose]();
    this.#files = files;
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
  }
}

/**
 * Checks the options, and returns true if they ask for TLS.
 *
 * @throws {CliError}
 */
export function wantsTls(options: ServeTlsOptions): boolean {
  const { tlsCert = [], tlsKey = [], tlsClientCa, tlsClientAuth, tlsCrl } = options;
  if (tlsCert.length === 0 || tlsKey.length === 0) {
    const [given] = Object.entries({
      "--tls-cert": tlsCert[0],
      "--tls-key": tlsKey[0],
      "--tls-client-ca": tlsClientCa,
      "--tls-client-auth": tlsClientAuth,
      "--tls-crl": tlsCrl,
    }).filter(([, value]) => value !== undefined).map(([flag]) => flag);
    if (given === undefined) return false;
    const missing = ["--tls-cert", "--tls-key"].filter((flag) => flag !== given);
    throw usageError(
      `${given} needs ${missing.join(" and ")}`,
      "Name a certificate and its private key; signer keygen --dev-ca DIR makes them for a trial",
    );
  }
  if (tlsCert.length !== tlsKey.length) {
    throw usageError(
      `There are ${tlsCert.length} of --tls-cert and ${tlsKey.length} of --tls-key`,
      "Give each certificate its key, in the same order",
    );
  }
  if (clientAuthOf(options) !== "none" && tlsClientCa === undefined) {
    throw usageError(
      `--tls-client-auth ${tlsClientAuth} needs the CA of the clients`,
      "Name it with --tls-client-ca",
    );
  }
  return true;
}

function clientAuthOf({ tlsClientAuth, tlsClientCa }: ServeTlsOptions) {
  return tlsClientAuth ?? (tlsClientCa === undefined ? "none" : "require");
}

async function readTlsFiles(
  provider: CryptoProvider,
  options: ServeTlsOptions,
  passphrases: Passphrases,
): Promise<TlsFiles> {
  const { tlsCert = [], tlsKey = [], tlsClientCa, tlsCrl, tlsMin } = options;
  using stack = new DisposableStack();
  const keys: CertifiedKey[] = [];
  for (const [index, certificate] of tlsCert.entries()) {
    const files = { certificate, key: tlsKey[index] };
    keys.push(stack.use(await CertifiedKey.read(provider, files, passphrases, options)));
  }
  const settings = {
    role: "server",
    minVersion: tlsMin,
    ca: tlsClientCa === undefined ? undefined : await readServerFile(tlsClientCa),
    crl: tlsCrl === undefined ? undefined : await readServerFile(tlsCrl),
    peerCertificate: clientAuthOf(options),
    // New with each reading: a ticket would let a client resume that is revoked now (RFC 8446 section 4.6.1).
    // `TicketRotation` renews them too.
    ticketKeys: crypto.getRandomValues(new Uint8Array(TICKET_KEYS_BYTES)),
  } as const;
  const files = new TlsFiles(settings, keys);
  try {
    files.verify();
  } catch (cause) {
    throw new CliError(
      ExitCode.usage,
      `TLS cannot be set up with ${filesAtFault(settings, keys, options)}: ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
  stack.move();
  return files;
}

/** Finds the files with which no context can be made: a certificate and its key, the CA, or else the revocation list. */
function filesAtFault(
  settings: Omit<SharedTls, "identity">,
  keys: readonly CertifiedKey[],
  { tlsCert = [], tlsKey = [], tlsClientCa, tlsCrl }: ServeTlsOptions,
): string {
  const isUsable = (parts: Partial<SharedTls>, key: CertifiedKey) => {
    try {
      openTlsContext({ ...settings, ...parts, identity: key.share() })[Symbol.dispose]();
      return true;
    } catch {
      return false;
    }
  };
  const alone = { ca: undefined, crl: undefined, peerCertificate: "none" } as const;
  const pair = keys.findIndex((key) => !isUsable(alone, key));
  if (pair >= 0) return `${tlsCert[pair]} and ${tlsKey[pair]}`;
  if (tlsClientCa !== undefined && !isUsable({ crl: undefined }, keys[0])) return tlsClientCa;
  return tlsCrl ?? tlsCert.join(", ");
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
  const open = places.find(isReachable);
  if (open === undefined) return;
  throw usageError(
    `${formatAddress(open)} can be reached from the network, and requests would not be encrypted`,
    "Use --tls-cert and --tls-key (signer keygen --dev-ca makes them for a trial), listen on " +
      "127.0.0.1, or insist with --allow-plaintext",
  );
}

/**
 * Warns of metrics on an address that the network can reach. They are plaintext in any case, because scrapers and
 * probes are; to ask for `--allow-plaintext` for them would allow it for calls too.
 */
export function warnOfOpenMetrics(place: Address | undefined): void {
  if (place === undefined || !isReachable(place)) return;
  warn(
    `--metrics ${
      formatAddress(place)
    } can be reached from the network, where everyone can read the ids of ` +
      "keys and the subjects of certificates: use an address that only the scraper can reach",
  );
}

function isReachable(place: Address): boolean {
  return place.transport === "tcp" && !isLoopbackHost(place.host);
}

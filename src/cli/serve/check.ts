/**
 * The check of a configuration: everything that a start does, down to loading keys and certificates, without listening.
 *
 * @module
 */
import { dirname } from "node:path";
import { type CryptoProvider, KeyStore } from "../../crypto/mod.ts";
import { ConfigError, formatSource, formatValue } from "../../config/mod.ts";
import { formatAddress, parseAddress } from "../../net/mod.ts";
import { controlAddress, expectUnixSocket } from "../control_address.ts";
import { CliError, usageError } from "../exit.ts";
import { isFolder } from "../file_status.ts";
import { warn } from "../output.ts";
import { Passphrases } from "../passphrase/mod.ts";
import { openChosenProvider } from "../provider.ts";
import { readServerFile } from "../read_file.ts";
import { loadPolicy } from "./access.ts";
import { readAuditKey } from "./audit.ts";
import type { ServeConfiguration } from "./configuration.ts";
import { expiringCertificates } from "./expiry.ts";
import { type KeyOptions, reloadKeys } from "./keys/mod.ts";
import { limitsOf } from "./limits.ts";
import { limitOptions, serveOptions } from "./options/mod.ts";
import { isInherited, placesOf } from "./places.ts";
import { revocationValidity } from "./revocation_expiry.ts";
import { refusePlaintext, ServerTls } from "./tls.ts";

type OptionName = keyof typeof serveOptions;

/**
 * Checks the configuration of a server.
 *
 * @returns a sentence about the server that it describes
 * @throws {ConfigError} `BAD_CONFIG` with all problems
 */
export async function checkServer(configuration: ServeConfiguration): Promise<string> {
  const { values: options } = configuration;
  using checks = new Checks(configuration);
  using stack = new DisposableStack();
  await checks.run(Object.keys(limitOptions) as OptionName[], () => limitsOf(options));
  // Sockets that a service manager passes are not here.
  const { tcp, vsock, unix, listen = [] } = options;
  const inherited = listen.filter(isInherited);
  const places = await checks.run(["listen", "tcp", "vsock", "unix"], () => {
    const own = { tcp, vsock, unix, listen: listen.filter((text) => !isInherited(text)) };
    const hasOwn = Object.values(own).some((texts) => (texts?.length ?? 0) > 0);
    if (!hasOwn && inherited.length > 0) return [];
    return placesOf(own, []).services.map(({ address }) => address);
  });
  for (const name of ["metrics", "logTo"] as const) {
    const text = options[name];
    if (text !== undefined && !isInherited(text)) {
      await checks.run([name], () => parseAddress(text));
    }
  }
  const { control, audit } = options;
  if (control !== undefined && !isInherited(control)) {
    await checks.run(["control"], () => expectUnixSocket(parseAddress(controlAddress(control))));
  }
  if (audit !== undefined && audit !== "stderr") {
    await checks.run(["audit"], () => expectFolderOf(audit));
  }
  const { tokens: _tokens, ...onlyRules } = options;
  const { rules: _rules, ...onlyTokens } = options;
  const ofTokens = await checks.run(["tokens"], () => loadPolicy(onlyTokens));
  const ofRules = await checks.run(["rules"], () => loadPolicy(onlyRules));
  const provider = await checks.run(["provider"], () => openChosenProvider(options.provider));
  if (provider === undefined) throw checks.error;
  const keys = stack.use(await checks.keys(provider) ?? new KeyStore());
  const tls = stack.use(await checks.tls(provider));
  await checks.run(["auditKey", "audit"], async () => {
    (await readAuditKey(options, checks.passphrases, provider, keys))?.[Symbol.dispose]();
  });
  if (tls === undefined && checks.problems.length === 0) {
    await checks.run(["tcp", "listen"], () => refusePlaintext(places!, tls, options));
  }
  if (checks.problems.length > 0) throw checks.error;
  for (
    const { subject, daysLeft } of expiringCertificates(tls?.files.certificates ?? [], Date.now())
  ) {
    if (daysLeft < 0) warn(`the certificate of ${subject} has expired`);
  }
  for (const { issuer, end } of revocationValidity(tls?.files.revocationLists ?? [])) {
    if (end <= Date.now()) warn(`the revocation list of ${issuer} has expired`);
  }
  return [
    `listens on ${[...places!.map(formatAddress), ...inherited].join(" ")}`,
    tls === undefined ? "plaintext" : counted(tls.files.size, "certificate"),
    keys.size === 0 ? "generated keys" : `${counted(keys.size, "key")} from files`,
    ...ofTokens?.tokens === undefined ? [] : [counted(ofTokens.tokens.length, "token")],
    ...ofRules?.rules === undefined ? [] : [counted(ofRules.rules.length, "rule")],
  ].join(", ");
}

/** Checks the folder of an audit log. The log itself is not opened, because it would be made. */
function expectFolderOf(audit: string): void {
  if (isFolder(dirname(audit))) return;
  throw usageError(`There is no folder for the audit log ${audit}`, "Make it, or name another one");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Returns the hint of an error as the end of its message. */
function remedyOf(error: Error): string {
  if (!(error instanceof CliError) || error.hint === undefined) return "";
  return `: ${error.hint[0].toLowerCase()}${error.hint.slice(1)}`;
}

/** Checks of groups of options. Each runs also after others have failed. */
class Checks implements Disposable {
  readonly problems: string[] = [];
  readonly passphrases: Passphrases;
  readonly #configuration: ServeConfiguration;

  constructor(configuration: ServeConfiguration) {
    this.#configuration = configuration;
    this.passphrases = new Passphrases(configuration.values, "start");
  }

  [Symbol.dispose](): void {
    this.passphrases[Symbol.dispose]();
  }

  /** All problems as an error. */
  get error(): ConfigError {
    return new ConfigError("BAD_CONFIG", this.problems);
  }

  /** Loads the keys. When that fails, each is loaded by itself, so that all that cannot be used are reported. */
  async keys(provider: CryptoProvider): Promise<KeyStore | undefined> {
    const { values: options } = this.#configuration;
    const load = (some: KeyOptions) => () =>
      reloadKeys(provider, some, this.passphrases, new KeyStore(), []);
    const store = await this.run(["key", "keyDir", "passphraseFile"], load(options));
    if (store !== undefined) return store;
    const problem = this.problems.pop()!;
    const { key = [], keyDir, ...others } = options;
    const before = this.problems.length;
    for (const one of key) {
      (await this.run(["key", "passphraseFile"], load({ ...others, key: [one] })))
        ?.[Symbol.dispose]();
    }
    if (keyDir !== undefined) {
      (await this.run(["keyDir", "passphraseFile"], load({ ...others, keyDir })))
        ?.[Symbol.dispose]();
    }
    if (this.problems.length === before) this.problems.push(problem);
  }

  /** Loads the TLS files, if each of them can be read. */
  async tls(provider: CryptoProvider): Promise<ServerTls | undefined> {
    const { values: options } = this.#configuration;
    const before = this.problems.length;
    for (const name of ["tlsCert", "tlsKey", "tlsClientCa", "tlsCrl"] as const) {
      for (const path of [options[name] ?? []].flat()) {
        await this.run([name], () => readServerFile(path));
      }
    }
    if (this.problems.length > before) return undefined;
    return await this.run(
      ["tlsCert", "tlsKey", "tlsClientCa", "tlsCrl", "tlsClientAuth"],
      () => ServerTls.load(provider, options, this.passphrases),
    );
  }

  /** Runs a check of some options. An error becomes a problem at the place of the option that it is about. */
  async run<T>(names: readonly OptionName[], check: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await check();
    } catch (error) {
      // Errors of layers are about the configuration; any other is a defect of this program.
      if (!(error instanceof Error) || !("layer" in error)) throw error;
      const place = this.#placeOf(names, error.message);
      this.problems.push(`${place}${error.message}${remedyOf(error)}`);
    }
  }

  /** Returns the place of the first option that is given and whose value occurs in the message, or else of the first. */
  #placeOf(names: readonly OptionName[], message: string): string {
    const { given } = this.#configuration;
    const candidates = names.filter((name) => given.has(name));
    const name =
      candidates.find((name) =>
        [formatValue(serveOptions[name], given.get(name)!.value)].flat()
          .some((text) => message.includes(text.slice(text.indexOf("=") + 1)))
      ) ?? candidates[0];
    if (name === undefined) return "";
    const { source } = given.get(name)!;
    const place = formatSource(source);
    return source.from === "file" ? `${place}: ${serveOptions[name].path}: ` : `${place}: `;
  }
}

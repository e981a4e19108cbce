/**
 * The reload of a running server, on SIGHUP: of its configuration, and of the files of keys, certificates, tokens and
 * rules.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { AccessPolicy } from "../../access/mod.ts";
import type { CryptoProvider, KeyRing, KeyStore } from "../../crypto/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { usageError } from "../exit.ts";
import { Passphrases } from "../passphrase/mod.ts";
import { countsOf, loadPolicy } from "./access.ts";
import { type KeyOptions, reloadKeys } from "./keys/mod.ts";
import { limitsOf } from "./limits.ts";
import type { ServeOptions } from "./options/mod.ts";
import { type ReloadedOptions, reloadedOptions } from "./reloaded_options.ts";
import type { ServeSettings } from "./settings.ts";
import type { ServerTls, TlsFiles } from "./tls.ts";

/**
 * 5 s: the time for which a replaced key stays, for calls that had been read and wait for
 * their turn. A batch or a stream keeps the keys that it began with until it ends.
 */
const RETIREMENT_MS = 5_000;

/** The parts of a server that a reload touches. */
export interface Reloading {
  readonly provider: CryptoProvider;
  /** The options that the server has started with. */
  readonly options: ServeOptions;
  /** Reads the configuration again. */
  readonly reread: () => Promise<ServeOptions>;
  /** True for a server that has read a configuration file. */
  readonly hasConfigFile: boolean;
  readonly keys: KeyRing;
  readonly tls: ServerTls | undefined;
  /**
   * Checks new keys before they are used.
   *
   * @throws {CliError} for a key that may not be served
   */
  readonly checkKeys?: ((keys: KeyStore) => void) | undefined;
  /** Ids of the keys that were generated, which stay. */
  readonly generated: readonly string[];
  readonly log: Logger;
  /** Called before each reload, and with its result after it. */
  readonly onBegin?: (() => void) | undefined;
  readonly onEnd?: ((status: string) => void) | undefined;
  /** Called after each reload that had something to read. */
  readonly onOutcome?: ((outcome: "success" | "failure") => void) | undefined;
  /** Passes the parts that were replaced to every thread. */
  readonly publish: (replaced: Replaced) => Promise<void>;
  /** Makes the other threads free the keys up to a generation. */
  readonly release: (generation: number) => Promise<void>;
}

/** The parts of a server that a reload has replaced. */
export interface Replaced {
  /** The generation of the keys before, which retire; undefined without new keys. */
  readonly generation: number | undefined;
  readonly policy: AccessPolicy | undefined;
  /** The certificates were replaced. */
  readonly tls: boolean;
  /** Undefined for the same as before. */
  readonly settings: ServeSettings | undefined;
}

/** The options and the content of the files, read again; undefined where no option names a file. */
interface Contents extends ReloadedOptions {
  readonly settings: ServeSettings | undefined;
  readonly keys: KeyStore | undefined;
  readonly policy: AccessPolicy | undefined;
  readonly tls: TlsFiles | undefined;
}

/**
 * Reads the configuration and the files of keys, certificates, tokens and rules again, all or none: one bad file changes
 * nothing, and the log has the reason. Requests during a reload are one more reload after it.
 */
export class Reloader implements Disposable {
  readonly #server: Reloading;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #options: ServeOptions;
  #phase: "idle" | "reading" | "reading, and again" | "closed" = "idle";

  constructor(server: Reloading) {
    this.#server = server;
    this.#options = server.options;
  }

  /** The options in effect. */
  get options(): ServeOptions {
    return this.#options;
  }

  request(): void {
    if (this.#phase === "idle") this.#run();
    else if (this.#phase === "reading") this.#phase = "reading, and again";
  }

  async #run(): Promise<void> {
    this.#phase = "reading";
    this.#server.onBegin?.();
    let status: string;
    try {
      status = await this.#reload();
    } catch (error) {
      // A defect: the files were checked. Later reloads are still made.
      this.#server.log.error("A reload could not be completed: restart the server", { error });
      this.#server.onOutcome?.("failure");
      status = "Reload incomplete";
    }
    this.#server.onEnd?.(status);
    const phase = this.#phase as string;
    if (phase === "closed") return;
    this.#phase = "idle";
    if (phase === "reading, and again") this.request();
  }

  /** Returns a line about the result. */
  async #reload(): Promise<string> {
    const { keys, tls, log, hasConfigFile, publish } = this.#server;
    let next: Contents;
    try {
      next = await this.#read();
    } catch (error) {
      log.error(
        "Keys, certificates, tokens and rules stay as they are: a file could not be read again",
        {
          reason: (error as Error).message,
          keys: keys.current.size,
        },
      );
      this.#server.onOutcome?.("failure");
      return `Reload failed: ${(error as Error).message}`;
    }
    if (this.#phase === "closed") {
      next.keys?.[Symbol.dispose]();
      next.tls?.[Symbol.dispose]();
      return "Draining";
    }
    if (next.needRestart.length > 0) {
      log.warn("Changed options need a restart", { options: next.needRestart });
    }
    this.#options = next.options;
    if (!hasConfigFile && (next.keys ?? next.policy ?? next.tls) === undefined) {
      log.warn("Nothing to read again: no keys, certificates, tokens or rules came from a file", {
        signal: "SIGHUP",
      });
      return "Serving, nothing to reload";
    }
    const changes = next.keys && difference(keys.current, next.keys);
    const generation = next.keys && keys.replace(next.keys);
    if (generation !== undefined) this.#releaseLater(generation);
    if (next.tls !== undefined) tls!.replace(next.tls);
    const { policy, settings } = next;
    await publish({ generation, policy, tls: next.tls !== undefined, settings });
    this.#server.onOutcome?.("success");
    if (changes !== undefined) log.info("Keys read again", { keys: next.keys!.size, ...changes });
    if (next.tls !== undefined) {
      log.info("Certificates read again", { certificates: next.tls.size });
    }
    if (policy !== undefined) log.info("Access policy read again", countsOf(policy));
    if (hasConfigFile) log.info("Configuration read again", { changed: next.changed });
    return "Serving, reloaded";
  }

  async #read(): Promise<Contents> {
    const { tls, reread } = this.#server;
    const reloaded = reloadedOptions(this.#options, await reread());
    const { options } = reloaded;
    const settings = settingsOf(options);
    const policy = await loadPolicy(options);
    using passphrases = new Passphrases(options, "later");
    const files = await tls?.read(options, passphrases);
    try {
      return {
        ...reloaded,
        policy,
        tls: files,
        settings: isDeepStrictEqual(settings, settingsOf(this.#options)) ? undefined : settings,
        keys: hasKeyFiles(options) || hasKeyFiles(this.#options)
          ? await this.#readKeys(options, passphrases)
          : undefined,
      };
    } catch (error) {
      files?.[Symbol.dispose]();
      throw error;
    }
  }

  async #readKeys(options: KeyOptions, passphrases: Passphrases): Promise<KeyStore> {
    const { provider, keys, generated, checkKeys, log } = this.#server;
    // Logged, and not written as at the start: that would wait while nobody reads standard error, and so would the server.
    const onSkipped = (path: string, reason: string) =>
      log.warn("A file of the key folder is skipped", { path, reason });
    const store = await reloadKeys(
      provider,
      options,
      passphrases,
      keys.current,
      generated,
      onSkipped,
    );
    try {
      checkKeys?.(store);
      if (store.size > 0) return store;
      throw usageError("The configuration names no key", "Name one with keys.file or keys.dir");
    } catch (error) {
      store[Symbol.dispose]();
      throw error;
    }
  }

  #releaseLater(generation: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#server.keys.release(generation);
      // A worker that cannot be reached has ended, and its keys are gone.
      this.#server.release(generation).catch(() => {});
    }, RETIREMENT_MS);
    this.#timers.add(timer);
  }

  [Symbol.dispose](): void {
    this.#phase = "closed";
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function hasKeyFiles({ key = [], keyDir }: KeyOptions): boolean {
  return key.length > 0 || keyDir !== undefined;
}

function settingsOf(options: ServeOptions): ServeSettings {
  return { limits: limitsOf(options), logLevel: options.logLevel };
}

/** The ids that were added, removed, and replaced: with another key, other versions or other periods. */
function difference(before: KeyStore, after: KeyStore): Record<string, string[]> {
  const versionsById = (store: KeyStore) =>
    new Map(store.list().map(({ id, versions }) => [id, JSON.stringify(versions)]));
  const old = versionsById(before);
  const now = versionsById(after);
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    replaced: [...now].filter(([id, versions]) => old.has(id) && old.get(id) !== versions)
      .map(([id]) => id),
    removed: [...old.keys()].filter((id) => !now.has(id)),
  };
}

/**
 * The reload of the files of keys, certificates, tokens and rules of a running server, on SIGHUP.
 *
 * @module
 */
import type { AccessPolicy } from "../../access/mod.ts";
import type { CryptoProvider, KeyRing, KeyStore } from "../../crypto/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { countsOf, loadPolicy, type ServeAccessOptions } from "./access.ts";
import { type KeyOptions, reloadKeys } from "./keys/mod.ts";
import type { ServerTls, TlsFiles } from "./tls.ts";

/**
 * 5 s: the time for which a replaced key stays, for calls that had been read and wait for
 * their turn. A batch or a stream keeps the keys that it began with until it ends.
 */
const RETIREMENT_MS = 5_000;

/** The parts of a server that a reload touches. */
export interface Reloading {
  readonly provider: CryptoProvider;
  readonly options: KeyOptions & ServeAccessOptions;
  readonly keys: KeyRing;
  readonly tls: ServerTls | undefined;
  /** Ids of the keys that were generated, which stay. */
  readonly generated: readonly string[];
  readonly log: Logger;
  /** Called after each reload. */
  readonly onOutcome?: ((outcome: "success" | "failure") => void) | undefined;
  /** Has every thread use the parts that were replaced. */
  readonly publish: (replaced: Replaced) => Promise<void>;
  /** Has the other threads dispose of the keys up to a generation. */
  readonly release: (generation: number) => Promise<void>;
}

/** The parts of a server that a reload has replaced. */
export interface Replaced {
  /** The generation of the keys before, which retire; undefined without new keys. */
  readonly generation: number | undefined;
  readonly policy: AccessPolicy | undefined;
  /** The certificates were replaced. */
  readonly tls: boolean;
}

/** The content of the files, read again; undefined where no option names a file. */
interface Contents {
  readonly keys: KeyStore | undefined;
  readonly policy: AccessPolicy | undefined;
  readonly tls: TlsFiles | undefined;
}

/**
 * Reads the files of keys, certificates, tokens and rules again, all or none: one bad file changes nothing, and the
 * log has the reason. Requests during a reload are one more reload after it.
 */
export class Reloader implements Disposable {
  readonly #server: Reloading;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #phase: "idle" | "reading" | "reading, and again" | "closed" = "idle";

  constructor(server: Reloading) {
    this.#server = server;
  }

  request(): void {
    if (this.#phase === "idle") this.#run();
    else if (this.#phase === "reading") this.#phase = "reading, and again";
  }

  async #run(): Promise<void> {
    this.#phase = "reading";
    await this.#reload();
    const phase = this.#phase as string;
    if (phase === "closed") return;
    this.#phase = "idle";
    if (phase === "reading, and again") this.request();
  }

  async #reload(): Promise<void> {
    const { keys, tls, log, publish } = this.#server;
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
      return;
    }
    if (this.#phase === "closed") {
      next.keys?.[Symbol.dispose]();
      next.tls?.[Symbol.dispose]();
      return;
    }
    if ((next.keys ?? next.policy ?? next.tls) === undefined) {
      log.warn("Nothing to read again: no keys, certificates, tokens or rules came from a file", {
        signal: "SIGHUP",
      });
      return;
    }
    const changes = next.keys && difference(keys.current, next.keys);
    const generation = next.keys && keys.replace(next.keys);
    if (generation !== undefined) this.#releaseLater(generation);
    if (next.tls !== undefined) tls!.replace(next.tls);
    await publish({ generation, policy: next.policy, tls: next.tls !== undefined });
    this.#server.onOutcome?.("success");
    if (changes !== undefined) log.info("Keys read again", { keys: next.keys!.size, ...changes });
    if (next.tls !== undefined) {
      log.info("Certificates read again", { certificates: next.tls.size });
    }
    if (next.policy !== undefined) log.info("Access policy read again", countsOf(next.policy));
  }

  async #read(): Promise<Contents> {
    const { provider, options, keys, tls, generated } = this.#server;
    const policy = await loadPolicy(options);
    const hasKeyFiles = (options.key ?? []).length > 0 || options.keyDir !== undefined;
    const files = await tls?.read();
    try {
      return {
        policy,
        tls: files,
        keys: hasKeyFiles
          ? await reloadKeys(provider, options, keys.current, generated)
          : undefined,
      };
    } catch (error) {
      files?.[Symbol.dispose]();
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

/**
 * The reload of the key files of a running server, on SIGHUP.
 *
 * @module
 */
import type { CryptoProvider, KeyRing, KeyStore } from "../../crypto/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { type KeyOptions, reloadKeys } from "./keys.ts";

/**
 * 5 s: how long a replaced key stays after the replacement, for calls that had been read and wait for
 * their turn. A batch or a stream keeps the keys that it began with until it ends.
 */
const RETIREMENT_MS = 5_000;

/** The parts of a server that a reload touches. */
export interface Reloading {
  readonly provider: CryptoProvider;
  readonly options: KeyOptions;
  readonly keys: KeyRing;
  /** Ids of the keys that were generated, which stay. */
  readonly generated: readonly string[];
  readonly log: Logger;
  /** Gives the current keys to the other threads, which retire those before as `generation`. */
  readonly publish: (generation: number) => Promise<void>;
  /** Has the other threads dispose of the keys up to a generation. */
  readonly release: (generation: number) => Promise<void>;
}

/**
 * Reads the key files again, all or none: a set with one bad file changes nothing, and the log says why.
 * Requests that come during a reload are one more reload after it.
 */
export class KeyReloader implements Disposable {
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
    const { provider, options, keys, generated, log, publish } = this.#server;
    if ((options.key ?? []).length === 0 && options.keyDir === undefined) {
      log.warn("No keys to read again: none came from a file", { signal: "SIGHUP" });
      return;
    }
    let next: KeyStore;
    try {
      next = await reloadKeys(provider, options, keys.current, generated);
    } catch (error) {
      log.error("The keys stay as they are: they could not be read again", {
        reason: (error as Error).message,
        keys: keys.current.size,
      });
      return;
    }
    if (this.#phase === "closed") return next[Symbol.dispose]();
    const changes = difference(keys.current, next);
    const generation = keys.replace(next);
    this.#releaseLater(generation);
    await publish(generation);
    log.info("Keys read again", { keys: next.size, ...changes });
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

/** The ids that were added, removed, and replaced by another key. */
function difference(before: KeyStore, after: KeyStore): Record<string, string[]> {
  const thumbprints = (store: KeyStore) =>
    new Map(store.list().map(({ id, thumbprint }) => [id, thumbprint]));
  const old = thumbprints(before);
  const now = thumbprints(after);
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    replaced: [...now].filter(([id, print]) => old.has(id) && old.get(id) !== print)
      .map(([id]) => id),
    removed: [...old.keys()].filter((id) => !now.has(id)),
  };
}

/** The watch of `--watch-config` over the files that a reload reads. @module */
import { dirname, join } from "node:path";
import type { ConfigOption } from "../../config/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { isFolder } from "../file_status.ts";
import { type ServeOptions, serveOptions } from "./options/mod.ts";

/** 200 ms: the time from an event to the look at the files, so that several writes are one change. */
const SETTLE_MS = 200;

/** 60 s between looks without an event: network and shared file systems report none for changes elsewhere. */
const POLL_MS = 60_000;

/** 1,000: entries of a folder that are compared. */
const MAX_ENTRIES = 1_000;

/** Returns the files and folders that a reload reads. */
export function watchedPaths(options: ServeOptions, configFile: string | undefined): string[] {
  const values = options as Record<string, unknown>;
  const paths = Object.entries<ConfigOption>(serveOptions).flatMap(([name, { kind, reloadable }]) =>
    reloadable && values[name] !== undefined && kind.paths !== undefined
      ? [values[name]].flat().map(kind.paths.of)
      : []
  );
  return [...configFile === undefined ? [] : [configFile], ...paths];
}

/**
 * Calls back when files or folders change: their content, or a symbolic link in their paths. Kubernetes updates a
 * volume by the replacement of a link `..data`, to which the links of all its files lead.
 */
export class FileWatch implements Disposable {
  readonly #paths: () => readonly string[];
  readonly #onChange: () => void;
  readonly #log: Logger;
  readonly #poll: ReturnType<typeof setInterval>;
  #watcher: Deno.FsWatcher | undefined;
  #folders = "";
  #seen: string;
  /** Set from an event to the look. */
  #settling: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param paths returns the files and folders, which may change with each reload */
  constructor(paths: () => readonly string[], onChange: () => void, log: Logger) {
    this.#paths = paths;
    this.#onChange = onChange;
    this.#log = log;
    this.#seen = fingerprint(paths());
    this.#poll = setInterval(() => this.#look(), POLL_MS);
    this.#watch();
  }

  /** Compares the files with those of the last look. */
  #look(): void {
    this.#settling = undefined;
    // Folders first: a change after the look is then an event.
    this.#watch();
    const seen = fingerprint(this.#paths());
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#onChange();
  }

  /** Watches the folders of all paths, and of the targets of their links. */
  #watch(): void {
    const folders = foldersOf(this.#paths());
    if (folders.join("\0") === this.#folders) return;
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#folders = "";
    try {
      this.#watcher = Deno.watchFs(folders, { recursive: false });
      this.#folders = folders.join("\0");
    } catch (error) {
      // Without events there is still the look once a minute.
      this.#log.warn("Files are looked at once a minute only: they cannot be watched", {
        reason: (error as Error).message,
      });
      return;
    }
    this.#follow(this.#watcher);
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind } of watcher) {
      if (kind === "access" || this.#closed || watcher !== this.#watcher) continue;
      // Further events do not delay the comparison: a log in the same folder may cause events without a pause.
      this.#settling ??= setTimeout(() => this.#look(), SETTLE_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    this.#watcher?.close();
  }
}

/** Returns the folders in which a path may be replaced: its own, and that of the file that it leads to. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths.flatMap((path) => [path, ...entriesOf(path).filter(isFolder)])) {
    for (const each of [path, realPath(path)]) {
      if (each === undefined) continue;
      folders.add(dirname(each));
      if (isFolder(each)) folders.add(each);
    }
  }
  return [...folders].filter(isFolder).sort();
}

/** Describes files so that every change of them changes the text. */
function fingerprint(paths: readonly string[]): string {
  return paths.flatMap((path) => [path, ...entriesOf(path)]).map(stateOf).join("\n");
}

/** Lists the files of a key folder, and of the folders of versions in it. */
function entriesOf(path: string, depth = 2): string[] {
  if (depth === 0 || !isFolder(path)) return [];
  return [...Deno.readDirSync(path)].slice(0, MAX_ENTRIES)
    .map(({ name }) => join(path, name)).sort()
    .flatMap((entry) => [entry, ...entriesOf(entry, depth - 1)]);
}

function stateOf(path: string): string {
  try {
    const { isDirectory, ino, size, mtime, ctime, mode } = Deno.statSync(path);
    // The entries of a folder are compared themselves.
    if (isDirectory) return `${path} ${realPath(path)} ${mode}`;
    return [path, realPath(path), ino, size, mtime?.getTime(), ctime?.getTime(), mode].join(" ");
  } catch (error) {
    return `${path} ${(error as Error).name}`;
  }
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}

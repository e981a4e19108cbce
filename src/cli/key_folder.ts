/** Folders of keys. @module */
import { basename, extname, join } from "node:path";
import { usageError } from "./exit.ts";
import { missingFileHint } from "./file_failure.ts";
import { isFolder } from "./file_status.ts";

/** Extensions of key files in a key folder; other files there are ignored. */
export const keyFileExtensions: ReadonlySet<string> = new Set([".pem", ".der", ".jwk"]);

/** A key of a folder: a key file, or a folder of versions. */
export interface FolderKey {
  readonly id: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * Lists the keys of a folder. The id of a key is the name of its file without the extension, or the name of its folder.
 * Names that begin with a dot are ignored: Kubernetes keeps the files of a secret under them.
 *
 * @throws {CliError} for a folder that cannot be read
 */
export function keysIn(folder: string): FolderKey[] {
  try {
    return [...Deno.readDirSync(folder)]
      .flatMap(({ name }) => {
        if (name.startsWith(".")) return [];
        const path = join(folder, name);
        if (isFolder(path)) return [{ id: name, path, isFolder: true }];
        if (!keyFileExtensions.has(extname(name))) return [];
        return [{ id: basename(name, extname(name)), path, isFolder: false }];
      })
      .sort((a, b) => a.path < b.path ? -1 : 1);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "there is no such folder"
      : (cause as Error).message;
    throw usageError(`Cannot read the key folder ${folder}: ${reason}`, missingFileHint(cause));
  }
}

/** Folders of key files. @module */
import { basename, extname } from "node:path";
import { usageError } from "./exit.ts";

/** Extensions of key files in a key folder; other files there are ignored. */
export const keyFileExtensions: ReadonlySet<string> = new Set([".pem", ".der", ".jwk"]);

/**
 * Lists the key files of a folder, each with the id of its key: the name without the extension.
 *
 * @throws {CliError} for a folder that cannot be read
 */
export function keyFilesIn(folder: string): { readonly name: string; readonly id: string }[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name, isDirectory }) => !isDirectory && keyFileExtensions.has(extname(name)))
      .map(({ name }) => ({ name, id: basename(name, extname(name)) }))
      .sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "there is no such folder"
      : (cause as Error).message;
    throw usageError(`Cannot read the key folder ${folder}: ${reason}`);
  }
}

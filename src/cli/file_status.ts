/** The existence of files, and folders among them. @module */

/** Reports whether a path leads to a folder, by symbolic links too. */
export function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Reports whether a file exists. True also for one that cannot be looked at: then reading it reports the reason. */
export function mayExist(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

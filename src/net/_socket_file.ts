import { libc } from "../ffi/mod.ts";
import { endpointOf } from "./endpoint.ts";
import { NetError } from "./errors.ts";

/** What a socket file is known by: a path can come to name another file. */
export interface SocketFile {
  readonly path: string;
  readonly device: number;
  readonly inode: number | null;
}

/** The file at `path` as it is now; undefined when there is none. */
export function identify(path: string): SocketFile | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return { path, device: dev, inode: ino };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a socket file unless its path names another file by now. */
export function removeOwn(file: SocketFile): void {
  try {
    if (isSame(file, identify(file.path))) Deno.removeSync(file.path);
  } catch {
    // A directory that is gone or closed to us: there is nothing left to tidy.
  }
}

/**
 * Removes a socket file that nothing answers on. Whoever listened there has ended without tidying up.
 *
 * @throws {NetError} `PATH_IN_USE`: something answers, or the file is not a socket
 */
export function removeStale(path: string): void {
  const file = identify(path);
  if (file === undefined) return;
  if (!Deno.lstatSync(path).isSocket) {
    throw new NetError(
      "PATH_IN_USE",
      `Cannot listen on unix:${path}: a file that is not a socket is there; remove it or choose ` +
        "another path",
    );
  }
  const result = probe(path);
  if (result === -libc.errno.ENOENT) return;
  if (result !== -libc.errno.ECONNREFUSED) {
    throw new NetError(
      "PATH_IN_USE",
      `Cannot listen on unix:${path}: another process answers there; stop it or choose another path`,
    );
  }
  // The probe took its time: what is there now must still be what was probed.
  if (isSame(file, identify(path))) Deno.removeSync(path);
}

/** The result of connect(2) to a socket file. */
function probe(path: string): number {
  const fd = libc.check("socket", libc.socket(libc.AF_UNIX, libc.SOCK_STREAM));
  try {
    return libc.connect(fd, endpointOf({ transport: "unix", path }).sockaddr);
  } finally {
    libc.close(fd);
  }
}

function isSame(a: SocketFile, b: SocketFile | undefined): boolean {
  return b !== undefined && a.device === b.device && a.inode === b.inode;
}

/** The files of Unix sockets: identity, removal of stale files. @module */
import { libc } from "../ffi/mod.ts";
import { endpointOf } from "./endpoint.ts";
import { NetError } from "./errors.ts";

/** The identity of a socket file: another file may take its path. */
export interface SocketFile {
  readonly path: string;
  readonly device: number;
  readonly inode: number | null;
}

/** Reads the identity of the file at `path`; undefined when there is none. */
export function identify(path: string): SocketFile | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return { path, device: dev, inode: ino };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a socket file, unless another file has taken its path. */
export function removeOwn(file: SocketFile): void {
  try {
    if (isSame(file, identify(file.path))) Deno.removeSync(file.path);
  } catch {
    // The directory is gone, or closed to this user.
  }
}

/**
 * Removes a socket file on which no process listens: its server has ended without removing it.
 *
 * @throws {NetError} `PATH_IN_USE`: a process listens, or the file is not a socket
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
      `Cannot listen on unix:${path}: another process listens there; stop it or choose another path`,
    );
  }
  // The file may have been replaced during the probe.
  if (isSame(file, identify(path))) Deno.removeSync(path);
}

/** Connects to a socket file, and returns the result of connect(2). */
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

/**
 * Files without a name, from which the dynamic loader loads a library: in memory, or on a file system. Each lasts as
 * long as the process. It is opened as `/proc/self/fd/N`, also by other threads and by a process that is not dumpable.
 *
 * @module
 */
import { cString } from "../_c_string.ts";
import {
  F_ADD_SEALS,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  MAP_PRIVATE,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_NOEXEC_SEAL,
  O_RDONLY,
  PROT_EXEC,
  PROT_READ,
} from "./constants.ts";
import { close, open } from "./descriptor.ts";
import { errno } from "./errno.ts";
import { check } from "./error.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

const SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

/**
 * Makes a file in memory (memfd_create(2)) that nobody can change.
 *
 * @param name a name for /proc/PID/maps
 * @returns its path
 * @throws {LibcError} also when a security module forbids to execute it
 */
export function memoryFile(name: string, content: Uint8Array): string {
  const fd = createInMemory(name);
  try {
    writeAll(fd, content);
    const { symbols, errno } = libc();
    check("fcntl(F_ADD_SEALS)", settle(() => symbols.fcntl(fd, F_ADD_SEALS, SEALS), errno));
    requireExecutable(fd);
  } catch (error) {
    close(fd);
    throw error;
  }
  return pathOf(fd);
}

/**
 * Makes a file in a folder, and removes its name.
 *
 * @returns its path
 * @throws {LibcError} when the file cannot be executed: mmap(2) fails with EPERM on a file system mounted noexec
 * @throws an error of Deno when it cannot be written
 */
export function unnamedFile(folder: string, content: Uint8Array): string {
  const path = Deno.makeTempFileSync({ dir: folder, prefix: "signer-" });
  let fd: number;
  try {
    Deno.writeFileSync(path, content);
    fd = check("open", open(path, O_RDONLY));
  } finally {
    Deno.removeSync(path);
  }
  try {
    requireExecutable(fd);
  } catch (error) {
    close(fd);
    throw error;
  }
  return pathOf(fd);
}

/**
 * Creates a file in memory without permission to execute it as a program, which a loader does not need: so it can be
 * had with every value of the sysctl vm.memfd_noexec. Kernels before 6.3 have neither.
 */
function createInMemory(name: string): number {
  const { symbols, errno: view } = libc();
  const create = (flag: number) =>
    settle(() => symbols.memfd_create(cString(name), MFD_CLOEXEC | flag), view);
  const fd = create(MFD_NOEXEC_SEAL);
  return check("memfd_create", fd === -errno.EINVAL ? create(MFD_ALLOW_SEALING) : fd);
}

function writeAll(fd: number, content: Uint8Array): void {
  const { symbols, errno } = libc();
  for (let at = 0; at < content.length;) {
    const rest = content.subarray(at) as Uint8Array<ArrayBuffer>;
    at += check("write", settle(() => symbols.write(fd, rest, BigInt(rest.length)), errno));
  }
}

/** Maps the first page of a file as code, as the loader does, and unmaps it. */
function requireExecutable(fd: number): void {
  const { symbols, errno } = libc();
  const map = () => Number(symbols.mmap(0, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
  const address = check("mmap", settle(map, errno));
  symbols.munmap(address, 1);
}

function pathOf(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

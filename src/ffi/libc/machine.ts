/**
 * The machine, for its first process: mount(2), finit_module(2), netdevice(7), getrandom(2), reboot(2). All but
 * `isEntropyReady()` need root.
 *
 * @module
 */
import { cString } from "../_c_string.ts";
import { AF_INET, O_RDONLY, SOCK_STREAM } from "./constants.ts";
import { close, open } from "./descriptor.ts";
import { check } from "./error.ts";
import { platform } from "./platform.ts";
import { settle } from "./_result.ts";
import { ignoreSignal } from "./signal.ts";
import { socket } from "./socket.ts";
import { libc } from "./_symbols.ts";

// include/uapi/linux/mount.h
const MS_NOSUID = 2;
const MS_NODEV = 4;
const MS_NOEXEC = 8;

/** Options of a mount, each of which forbids something in the file system. */
const mountFlags = { nosuid: MS_NOSUID, nodev: MS_NODEV, noexec: MS_NOEXEC } as const;
export type MountFlag = keyof typeof mountFlags;

/**
 * Mounts a file system of the kernel, such as `proc`.
 *
 * @throws {LibcError} `EPERM`, `ENODEV`: the kernel has no such file system, `ENOENT`: there is no such folder, `EBUSY`
 */
export function mount(type: string, folder: string, flags: readonly MountFlag[]): void {
  const { symbols, errno } = libc();
  const bits = flags.reduce((sum, name) => sum | mountFlags[name], 0);
  const name = cString(type);
  check("mount", settle(() => symbols.mount(name, cString(folder), name, bits, null), errno));
}

/**
 * Loads a kernel module from its file.
 *
 * @throws {LibcError} `EEXIST`: it is loaded, `ENOENT`, `ENOEXEC`, `EPERM`
 */
export function loadModule(path: string): void {
  const { symbols, errno } = libc();
  const file = check("open", open(path, O_RDONLY));
  try {
    const load = () => symbols.syscall_finit_module(platform!.finitModule, file, cString(""), 0);
    check("finit_module", settle(load, errno));
  } finally {
    close(file);
  }
}

// include/uapi/linux/sockios.h, if.h: struct ifreq has a name of 16 bytes, and then the flags, in 40 bytes.
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const IFF_UP = 1;
const IFREQ_SIZE = 40;
const IFREQ_FLAGS_OFFSET = 16;

/**
 * Brings a network interface up, such as `lo`.
 *
 * @throws {LibcError} `ENODEV`, `EPERM`
 */
export function bringUp(networkInterface: string): void {
  const { symbols, errno } = libc();
  const request = new Uint8Array(IFREQ_SIZE);
  request.set(cString(networkInterface));
  const view = new DataView(request.buffer);
  const fd = check("socket", socket(AF_INET, SOCK_STREAM));
  try {
    check("ioctl", settle(() => symbols.ioctl(fd, SIOCGIFFLAGS, request), errno));
    const flags = view.getInt16(IFREQ_FLAGS_OFFSET, true);
    view.setInt16(IFREQ_FLAGS_OFFSET, flags | IFF_UP, true);
    check("ioctl", settle(() => symbols.ioctl(fd, SIOCSIFFLAGS, request), errno));
  } finally {
    close(fd);
  }
}

const GRND_NONBLOCK = 1;

/** Reports whether the kernel's random number generator is initialized (getrandom(2)). */
export function isEntropyReady(): boolean {
  return libc().symbols.getrandom(new Uint8Array(1), 1, GRND_NONBLOCK) === 1;
}

/** Has the kernel reap the children of this process, also adopted ones, when they end (wait(2), NOTES). */
export function reapChildren(): void {
  ignoreSignal("SIGCHLD");
}

// include/uapi/linux/reboot.h
const rebootCommands = {
  /** Restarts the machine: under Firecracker, ends it. */
  restart: 0x0123_4567,
  powerOff: 0x4321_fedc,
  /** Has the kernel send SIGINT to process 1 for Ctrl-Alt-Delete, which would restart the machine. */
  ctrlAltDeleteIsSignal: 0,
} as const;

/**
 * reboot(2). `restart` and `powerOff` do not return.
 *
 * @throws {LibcError} `EPERM`
 */
export function reboot(command: keyof typeof rebootCommands): void {
  const { symbols, errno } = libc();
  check("reboot", settle(() => symbols.reboot(rebootCommands[command]), errno));
}

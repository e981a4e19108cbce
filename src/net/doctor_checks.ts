/**
 * The checks of `signer doctor` for transports and limits, as data. `serve` uses those of vsock for its
 * warnings.
 *
 * @module
 */
import { libc } from "../ffi/mod.ts";
import { NetError } from "./errors.ts";
import { Listener } from "./listener.ts";
import { startConnect } from "./dialer.ts";

/** The result of a check. */
export interface Check {
  readonly subject:
    | "tcp"
    | "unix"
    | "vsock"
    | "vsock-device"
    | "vsock-modules"
    | "vsock-cid"
    | "vsock-loopback"
    | "files";
  readonly ok: boolean;
  /** The finding, such as `CID 3`. */
  readonly found: string;
  /** Advice on a failed check. */
  readonly advice?: string;
}

/** Reports support for this layer: Linux with glibc on x86-64 or arm64, and FFI allowed. */
export function socketsSupported(): boolean {
  return libc.isSupported();
}

/** 4,096 descriptors: enough for 1,000 connections and for the server itself. */
const RECOMMENDED_DESCRIPTORS = 4096;

/** Runs all checks, in the order of printing. None throws or changes the machine. */
export function checkTransports(): Check[] {
  return [checkTcp(), checkUnix(), ...checkVsock(), checkDescriptors()];
}

/** Checks AF_VSOCK: sockets, device, modules, CID and loopback. */
export function checkVsock(): Check[] {
  const family = checkFamily();
  if (!family.ok) return [family];
  const device = checkDevice();
  return [family, device, checkModules(), ...(device.ok ? [checkCid()] : []), checkLoopback()];
}

const VSOCK_DEVICE = "/dev/vsock";

/** Reads the CID of this machine; undefined when it has none. */
export function localCid(): number | undefined {
  const fd = guarded(() => libc.open(VSOCK_DEVICE, libc.O_RDONLY));
  if (fd < 0) return undefined;
  const cid = libc.localCid(fd);
  libc.close(fd);
  return cid < 0 || cid === libc.VMADDR_CID_ANY ? undefined : cid;
}

/** Reports vsock loopback: connections to CID 1, by the module vsock_loopback. */
export function vsockLoopbackWorks(): boolean {
  return checkLoopback().ok;
}

function checkFamily(): Check {
  const fd = guarded(() => libc.socket(libc.AF_VSOCK, libc.SOCK_STREAM));
  if (fd >= 0) {
    libc.close(fd);
    return { subject: "vsock", ok: true, found: "AF_VSOCK sockets can be made" };
  }
  return {
    subject: "vsock",
    ok: false,
    found: `AF_VSOCK sockets cannot be made: ${libc.strerror(fd)}`,
    advice: fd === -libc.errno.EAFNOSUPPORT
      ? "load the module: modprobe vsock (in a guest: vmw_vsock_virtio_transport; on a host: " +
        "vhost_vsock); in a container, its seccomp profile must allow AF_VSOCK"
      : "allow AF_VSOCK in the seccomp or security profile of this process",
  };
}

function checkDevice(): Check {
  const subject = "vsock-device";
  const fd = guarded(() => libc.open(VSOCK_DEVICE, libc.O_RDONLY));
  if (fd >= 0) {
    libc.close(fd);
    return { subject, ok: true, found: `${VSOCK_DEVICE} is there` };
  }
  if (fd !== -libc.errno.ENOENT) {
    return {
      subject,
      ok: false,
      found: `${VSOCK_DEVICE} cannot be opened: ${libc.strerror(fd)}`,
      advice: `give this user read access to ${VSOCK_DEVICE}`,
    };
  }
  return {
    subject,
    ok: false,
    found: `${VSOCK_DEVICE} is not there`,
    advice:
      "in a guest: give the VM a vsock device and load vmw_vsock_virtio_transport; on a host: " +
      `modprobe vhost_vsock; in a container: add the device ${VSOCK_DEVICE}`,
  };
}

function checkCid(): Check {
  const cid = localCid();
  if (cid !== undefined) return { subject: "vsock-cid", ok: true, found: `CID ${cid}` };
  return {
    subject: "vsock-cid",
    ok: false,
    found: "this machine has no CID",
    advice: "in a guest: give the VM a vsock device with a guest CID of 3 or more; on a host: " +
      "modprobe vhost_vsock",
  };
}

/** Kernel modules with a vsock transport, and the machines that need each. */
const TRANSPORT_MODULES: Readonly<Record<string, string>> = {
  vmw_vsock_virtio_transport: "a guest of KVM, Firecracker, Cloud Hypervisor or Nitro",
  vhost_vsock: "the host of KVM guests",
  hv_sock: "a guest of Hyper-V",
  vmw_vsock_vmci_transport: "VMware",
  vsock_loopback: "this machine itself, CID 1",
};

/** Checks the modules. One built into the kernel may be missing in /sys/module; a CID shows it, too. */
function checkModules(): Check {
  const subject = "vsock-modules";
  const loaded = Object.keys(TRANSPORT_MODULES).filter((name) => exists(`/sys/module/${name}`));
  if (loaded.length > 0) return { subject, ok: true, found: loaded.join(", ") };
  const wanted = Object.entries(TRANSPORT_MODULES).map(([name, place]) => `${name} (${place})`);
  return {
    subject,
    ok: localCid() !== undefined,
    found: "no module that carries vsock is seen",
    advice: `modprobe the one for this place: ${wanted.join(", ")}`,
  };
}

function exists(path: string): boolean {
  const fd = guarded(() => libc.open(path, libc.O_PATH));
  if (fd < 0) return false;
  libc.close(fd);
  return true;
}

/** Listens on CID 1 on a free port, and connects to it. */
function checkLoopback(): Check {
  const subject = "vsock-loopback";
  try {
    const cid = libc.VMADDR_CID_LOCAL;
    using listener = Listener.open({ transport: "vsock", cid, port: libc.VMADDR_PORT_ANY });
    using _socket = startConnect(listener.address).socket;
    return { subject, ok: true, found: "CID 1 reaches this machine itself" };
  } catch (error) {
    return {
      subject,
      ok: false,
      found: "CID 1 does not reach this machine itself" +
        (error instanceof NetError ? ` (${error.code})` : ""),
      advice: "only for tests on one machine: modprobe vsock_loopback",
    };
  }
}

function checkUnix(): Check {
  const name = `signer-check-${crypto.randomUUID()}`;
  return tryListening("unix", () => Listener.open({ transport: "unix-abstract", name }));
}

function checkTcp(): Check {
  return tryListening(
    "tcp",
    () => Listener.open({ transport: "tcp", host: "127.0.0.1", port: 0 }),
  );
}

function tryListening(subject: "unix" | "tcp", open: () => Listener): Check {
  try {
    open().close();
    return { subject, ok: true, found: "listens" };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { subject, ok: false, found, advice: "allow this kind of socket for this process" };
  }
}

function checkDescriptors(): Check {
  try {
    const { soft, hard } = libc.getResourceLimit(libc.RLIMIT_NOFILE);
    const ok = hard >= RECOMMENDED_DESCRIPTORS;
    return {
      subject: "files",
      ok,
      found: `${soft} open files, up to ${hard}`,
      ...(ok ? {} : { advice: `raise the hard limit to ${RECOMMENDED_DESCRIPTORS}: ulimit -Hn` }),
    };
  } catch (error) {
    return { subject: "files", ok: false, found: (error as Error).message };
  }
}

/** Makes a call; `-ENOSYS` where libc is not available. */
function guarded(call: () => number): number {
  try {
    return call();
  } catch {
    return -libc.errno.ENOSYS;
  }
}

/** The ways from a client to a server that the suites of this folder run over. @module */
import { type Net, vsockLoopback } from "../net/_transports.ts";
import { freePorts } from "../_support/free_ports.ts";
import { Relay } from "./_relay.ts";

/** A way to reach a server. Each `open()` creates an unused place. */
export interface Way {
  readonly name: string;
  /** True if it works on this machine. */
  readonly supported: boolean;
  /** True if it uses AF_VSOCK. */
  readonly vsock: boolean;
  /** @param directory the folder for socket files */
  open(directory: string): Place | Promise<Place>;
}

/** One address of a server. Dialling it fails before a server listens. */
export interface Place {
  /** The address on which the server listens. */
  readonly listens: Net.Address;
  /** The options with which `signer serve` listens there. */
  readonly options: readonly string[];
  /** The address that a client dials. */
  readonly target: string;
  /** The client's name on the server. */
  readonly peer: RegExp;
  /** The error of dialling it before a server listens. */
  readonly refusal: RegExp;
  /** The monitor between client and server. */
  readonly monitor?: AsyncDisposable;
}

/** The guest's port for hybrid vsock. Each monitor has its own guest, so the port is free. */
const GUEST_PORT = 5000;

const ownProcess = new RegExp(`^unix:pid=${Deno.pid},uid=[0-9]+$`);
const overVsock = /^vsock:1:[0-9]+$/;

/** Returns every way. Without permissions, `net` is empty, and the tests are registered and ignored. */
export function ways(net: typeof Net): Way[] {
  const loopback = vsockLoopback(net);
  return [
    {
      name: "tcp",
      supported: true,
      vsock: false,
      open() {
        const [port] = freePorts(1);
        return {
          listens: net.parseAddress(`127.0.0.1:${port}`),
          options: ["--tcp", `127.0.0.1:${port}`],
          target: `127.0.0.1:${port}`,
          peer: /^tcp:\/\/127\.0\.0\.1:[0-9]+$/,
          refusal: /ECONNREFUSED/,
        };
      },
    },
    {
      name: "unix",
      supported: true,
      vsock: false,
      open(directory) {
        const path = `${directory}/signer.sock`;
        return {
          listens: net.unixAddress(path),
          options: ["--unix", path],
          target: `unix:${path}`,
          peer: ownProcess,
          refusal: /ENOENT|ECONNREFUSED/,
        };
      },
    },
    {
      name: "unix-abstract",
      supported: true,
      vsock: false,
      open() {
        const target = `unix-abstract:signer-test-${crypto.randomUUID()}`;
        return {
          listens: net.parseAddress(target),
          options: ["--listen", target],
          target,
          peer: ownProcess,
          refusal: /ECONNREFUSED/,
        };
      },
    },
    {
      name: "vsock",
      supported: loopback,
      vsock: true,
      open() {
        const port = freeVsockPort();
        return {
          listens: net.vsockAddress(`${port}`),
          options: ["--vsock", `${port}`],
          target: `vsock:1:${port}`,
          peer: overVsock,
          refusal: /ECONNRESET/,
        };
      },
    },
    {
      name: "hybrid vsock, dialled by the host, to a Unix socket",
      supported: true,
      vsock: false,
      open: (directory) =>
        hybrid(net, directory, {
          listens: net.unixAddress(`${directory}/guest.sock`),
          options: ["--unix", `${directory}/guest.sock`],
          peer: ownProcess,
        }),
    },
    {
      name: "hybrid vsock, dialled by the host, to vsock",
      supported: loopback,
      vsock: true,
      open(directory) {
        const port = freeVsockPort();
        return hybrid(net, directory, {
          listens: net.parseAddress(`vsock:1:${port}`),
          options: ["--vsock", `1:${port}`],
          peer: overVsock,
        });
      },
    },
    {
      // The monitor connects to PATH_PORT for the guest, and sends no bytes itself.
      name: "hybrid vsock, dialled by the guest",
      supported: true,
      vsock: false,
      open(directory) {
        const listens = `vsock+unix:${directory}/dials_out.sock:${GUEST_PORT}`;
        return {
          listens: net.parseAddress(listens),
          options: ["--listen", listens],
          target: `unix:${directory}/dials_out.sock_${GUEST_PORT}`,
          peer: ownProcess,
          refusal: /ENOENT|ECONNREFUSED/,
        };
      },
    },
  ];
}

/** Opens a way through a monitor, which starts before the server. */
async function hybrid(
  net: typeof Net,
  directory: string,
  server: Pick<Place, "listens" | "options" | "peer">,
): Promise<Place> {
  const path = `${directory}/vm-${crypto.randomUUID().slice(0, 8)}.sock`;
  const monitor = await Relay.open(net, net.unixAddress(path), server.listens, {
    guestPort: GUEST_PORT,
  });
  return {
    ...server,
    target: `vsock+unix:${path}:${GUEST_PORT}`,
    refusal: /monitor closed|ECONNRESET/,
    monitor,
  };
}

/** Returns a random vsock port of 2^32. */
function freeVsockPort(): number {
  return 100_000 + crypto.getRandomValues(new Uint32Array(1))[0] % 4_000_000_000;
}

/**
 * The transports that the suites of this folder run over, on this machine or in a guest with real vsock.
 *
 * @module
 */
import assert from "node:assert/strict";
import type * as Net from "../../src/net/mod.ts";
import { until } from "../_support/until.ts";

export type { Net };

/** The permissions of tests of sockets. */
export const PERMISSIONS = ["ffi", "net", "read", "write", "sys", "env"] as const;

/** Loads the socket layer, and opens libc outside of tests: it stays loaded. */
export async function loadNet(): Promise<typeof Net> {
  const net = await import("../../src/net/mod.ts");
  assert.ok(net.socketsSupported());
  return net;
}

/** Loads the socket layer, with sockets as streams of Node.js. */
export async function loadNetAndDuplex() {
  return { ...await loadNet(), ...await import("../../src/net/duplex/mod.ts") };
}

/** Waits until the closed connections of this thread are gone, so that no resource outlives a test. */
export async function settle(net: typeof Net): Promise<void> {
  await until("the connections are gone", () => net.sharedReactor().size === 0);
  await net.sharedReactor().close();
}

/** A way to connect two ends on this machine. */
export interface Transport {
  readonly name: string;
  /** True if it works on this machine. */
  readonly supported: boolean;
  /** Returns an unused address to listen on; `directory` is for socket files. */
  listenAddress(directory: string): Net.Address;
}

/** Returns true in the guest of `scripts/guest_vm.ts`. */
export function inGuest(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "SIGNER_GUEST" });
  return state === "granted" && Deno.env.get("SIGNER_GUEST") === "1";
}

/**
 * Returns true if vsock loopback works. In the guest its absence is an error, because ignored tests would pass for a
 * run over vsock.
 */
export function vsockLoopback(net: typeof Net): boolean {
  if (net.vsockLoopbackWorks === undefined) return false;
  const works = net.vsockLoopbackWorks();
  if (!works && inGuest()) {
    throw new Error(`No vsock in the guest: ${JSON.stringify(net.checkVsock())}`);
  }
  return works;
}

/**
 * Returns the transports with listeners that can be dialled directly. Without permissions, `net` is empty, and the
 * tests are registered and ignored. In the guest, which is slow, only vsock is tested; the host has the others.
 */
export function transports(net: typeof Net): Transport[] {
  const vsock: Transport = {
    name: "vsock",
    supported: vsockLoopback(net),
    listenAddress: () => net.parseAddress("vsock:local:any"),
  };
  return inGuest() ? [vsock] : [...onAnyHost(net), vsock];
}

function onAnyHost(net: typeof Net): Transport[] {
  return [
    {
      name: "tcp",
      supported: true,
      listenAddress: () => net.parseAddress("tcp://127.0.0.1:0"),
    },
    {
      name: "unix",
      supported: true,
      listenAddress: (directory) =>
        net.parseAddress(`unix:${directory}/${crypto.randomUUID().slice(0, 8)}.sock`),
    },
    {
      name: "unix-abstract",
      supported: true,
      listenAddress: () => net.parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`),
    },
  ];
}

/** A temporary directory that is removed at the end of the block. */
export function temporaryDirectory(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "signer-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** A server on its own reactor, with its accepted connections. */
export interface Server extends AsyncDisposable {
  readonly address: Net.Address;
  readonly reactor: Net.Reactor;
  /** Returns the next accepted connection. */
  accept(): Promise<Net.Socket>;
}

/** Listens and keeps accepted connections. */
export async function serve(
  net: typeof Net,
  address: Net.Address,
  reactor = new net.Reactor(),
): Promise<Server> {
  const listener = await net.listen(address);
  const waiting: Net.Socket[] = [];
  const takers: ((socket: Net.Socket) => void)[] = [];
  const acceptor = new net.Acceptor(listener, reactor, {
    onConnection(socket) {
      const taker = takers.shift();
      if (taker) taker(socket);
      else waiting.push(socket);
    },
  });
  return {
    address: listener.address,
    reactor,
    accept() {
      const socket = waiting.shift();
      return socket ? Promise.resolve(socket) : new Promise((resolve) => takers.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      acceptor.close();
      listener.close();
      for (const socket of waiting) socket.close();
      await reactor.close();
    },
  };
}

/** Reads a stream to its end. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

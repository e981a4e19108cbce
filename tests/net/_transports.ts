/**
 * The transports that the suites of this folder run over, on this machine or in a guest with real vsock.
 */
import assert from "node:assert/strict";
import type * as Net from "../../src/net/mod.ts";

export type { Net };

/** What tests of sockets need. */
export const PERMISSIONS = ["ffi", "net", "read", "write", "sys", "env"] as const;

/** The socket layer, with glibc opened before any test, for it stays open. */
export async function loadNet(): Promise<typeof Net> {
  const net = await import("../../src/net/mod.ts");
  assert.ok(net.socketsSupported());
  return net;
}

/** A way to connect two ends on this machine. */
export interface Transport {
  readonly name: string;
  /** Whether it works on this machine. */
  readonly supported: boolean;
  /** A place to listen on that nobody else uses; `directory` is for socket files. */
  listenAddress(directory: string): Net.Address;
}

/** Whether this is the guest of `scripts/guest_vm.ts`. */
export function inGuest(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "SIGNER_GUEST" });
  return state === "granted" && Deno.env.get("SIGNER_GUEST") === "1";
}

/**
 * Whether vsock reaches this machine itself. In the guest, which is there for that, anything else is an
 * error: tests that are ignored would pass for a run over vsock.
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
 * Each transport by which a listener here can be dialled directly. Without permissions, `net` is empty:
 * the tests are registered all the same, and ignored. The guest is slow, and there only vsock is tried: the
 * host has the others.
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

/** A server on a reactor of its own, with the connections that it has accepted. */
export interface Server extends AsyncDisposable {
  readonly address: Net.Address;
  readonly reactor: Net.Reactor;
  /** The next connection that has not been handed out. */
  accept(): Promise<Net.Socket>;
}

/** Listens and keeps what comes. */
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

/** All that a stream gives until its end. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

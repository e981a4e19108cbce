/** Runs the scenario named by its first argument, and prints the growth of the number of descriptors. @module */
import * as net from "../../src/net/mod.ts";
import { openDescriptors } from "../_support/descriptors.ts";
import { serve, temporaryDirectory, transports } from "./_transports.ts";

const [what, which] = Deno.args;
const grown = { transport, reactor, dial }[what];
if (grown === undefined) throw new TypeError(`There is no ${what}`);
console.log(await grown(which));

/** Opens and closes connections: 10,000 over Unix, which is fast, and 500 over other transports. */
async function transport(name: string): Promise<number> {
  const transport = transports(net).find((one) => one.name === name)!;
  using directory = temporaryDirectory();
  await using server = await serve(net, transport.listenAddress(directory.path));
  const round = async () => {
    const client = await net.dial(server.address, server);
    const peer = await server.accept();
    client.close();
    peer.close();
    // The number of the descriptor is free now and may be in use again: this must not close it.
    client.close();
  };
  await round();
  const before = openDescriptors();
  const rounds = name === "unix" ? 10_000 : 500;
  for (let i = 0; i < rounds; i++) await round();
  return openDescriptors() - before;
}

/** Uses a reactor and leaves it idle, repeatedly. */
async function reactor(kind: string): Promise<number> {
  const reactor = new net.Reactor(kind as net.WakeupKind);
  const listener = net.Listener.open(net.parseAddress("127.0.0.1:0"));
  const round = async () => {
    reactor.add(listener.fd, 1, { onReady: () => {} });
    await new Promise((resolve) => setTimeout(resolve));
    reactor.remove(listener.fd);
    await new Promise((resolve) => setTimeout(resolve));
    await reactor.close();
  };
  await round();
  const before = openDescriptors();
  for (let i = 0; i < 20; i++) await round();
  listener.close();
  return openDescriptors() - before + 1;
}

/** Dials connections that fail: cancelled by the caller, after a timeout, and refused by the peer. */
async function dial(): Promise<number> {
  await using reactor = new net.Reactor();
  // A full backlog: connections are never accepted.
  const address = net.parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`);
  using _listener = net.Listener.open(address, { backlog: 0 });
  using _first = await net.dial(address, { reactor });
  const nobody = net.parseAddress("unix-abstract:signer-test-nobody");
  const round = async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const dialled = [
      net.dial(address, { reactor, signal: AbortSignal.abort() }),
      net.dial(address, { reactor, signal }),
      net.dial(address, { reactor, timeout: 5 }),
      net.dial(nobody, { reactor }),
    ];
    controller.abort();
    await Promise.allSettled(dialled);
  };
  await round();
  await reactor.close();
  const before = openDescriptors();
  for (let i = 0; i < 20; i++) await round();
  await reactor.close();
  return openDescriptors() - before;
}

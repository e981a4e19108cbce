/** Listeners and sockets over every transport. @module */
import assert from "node:assert/strict";
import { once } from "node:events";
import { assertNoneLeft } from "./_child.ts";
import { gate } from "../_support/gate.ts";
import { resetOnClose } from "../_support/reset_on_close.ts";
import {
  loadNetAndDuplex,
  PERMISSIONS,
  readAll,
  serve,
  temporaryDirectory,
  transports,
} from "./_transports.ts";

const [test, net] = await gate([...PERMISSIONS, "run"], loadNetAndDuplex);

/** 3 MiB of a pattern in which a lost or repeated chunk is visible. */
const LARGE = new Uint8Array(3 * 1024 * 1024).map((_, i) => (i * 31 + (i >> 12)) & 0xff);

for (const transport of transports(net)) {
  const { name } = transport;
  const ignore = !transport.supported;

  test({
    name: `${name}: 3 MiB come back as they were sent, and both ends close`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      await using server = await serve(net, transport.listenAddress(directory.path));
      const { reactor } = server;
      const client = net.toDuplex(await net.dial(server.address, { reactor }), reactor);
      const peer = net.toDuplex(await server.accept(), reactor);
      peer.pipe(peer);
      const received = readAll(client);
      client.end(LARGE);
      assert.deepEqual(await received, LARGE);
      if (!peer.closed) await once(peer, "close");
    },
  });

  test({
    name: `${name}: a half-closed end still receives`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      await using server = await serve(net, transport.listenAddress(directory.path));
      using client = await net.dial(server.address, server);
      using peer = await server.accept();
      const buffer = new Uint8Array(16);
      client.shutdownWrite();
      assert.equal(await readSome(peer, buffer, server.reactor), 0);
      assert.equal(peer.write(new Uint8Array([42]), 1), 1);
      assert.equal(await readSome(client, buffer, server.reactor), 1);
      assert.equal(buffer[0], 42);
    },
  });

  test({
    name: `${name}: a write to a peer that has gone fails with EPIPE or ECONNRESET`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      await using server = await serve(net, transport.listenAddress(directory.path));
      using client = await net.dial(server.address, server);
      const peer = await server.accept();
      resetOnClose(peer);
      peer.close();
      const buffer = new Uint8Array(16);
      const read = await readSome(client, buffer, server.reactor);
      assert.ok(read === 0 || read === -104, `read gave ${read}`);
      const written = client.write(buffer, 16);
      assert.ok(written === -32 || written === -104, `write gave ${written}`);
    },
  });

  test({
    name: `${name}: to dial where nobody listens is refused, and may be tried again`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      const reactor = new net.Reactor();
      const listener = await net.listen(transport.listenAddress(directory.path));
      listener.close();
      await assert.rejects(net.dial(listener.address, { reactor }), (error) => {
        assert.ok(error instanceof net.NetError);
        assert.match(error.code, /^(ECONNREFUSED|ECONNRESET|ENOENT)$/);
        assert.ok(error.message.includes(net.formatAddress(listener.address)), error.message);
        return net.isRetryable(error);
      });
      await reactor.close();
    },
  });

  test({
    name: `${name}: two listeners on one address: the second is told that it is taken`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      using first = await net.listen(transport.listenAddress(directory.path));
      await assert.rejects(net.listen(first.address), (error) => {
        return error instanceof net.NetError && /^(EADDRINUSE|PATH_IN_USE)$/.test(error.code);
      });
    },
  });

  test({
    name: `${name}: the peer of an accepted connection is known`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      await using server = await serve(net, transport.listenAddress(directory.path));
      using _client = await net.dial(server.address, server);
      using peer = await server.accept();
      const expected = {
        tcp: /^tcp:\/\/127\.0\.0\.1:[0-9]+$/,
        vsock: /^vsock:1:[0-9]+$/,
      }[name] ?? new RegExp(`^unix:pid=${Deno.pid},uid=${Deno.uid()}$`);
      assert.match(net.formatPeer(peer.peer), expected);
    },
  });

  test({
    name: `${name}: 200 connections at once each get their own bytes back`,
    ignore,
    async fn() {
      using directory = temporaryDirectory();
      await using server = await serve(net, transport.listenAddress(directory.path));
      const { reactor } = server;
      const echoes = (async () => {
        for (let i = 0; i < 200; i++) {
          const peer = net.toDuplex(await server.accept(), reactor);
          peer.pipe(peer);
        }
      })();
      await Promise.all(Array.from({ length: 200 }, async (_, i) => {
        const client = net.toDuplex(await net.dial(server.address, { reactor }), reactor);
        const received = readAll(client);
        client.end(new Uint8Array(1000).fill(i));
        assert.deepEqual(await received, new Uint8Array(1000).fill(i));
      }));
      await echoes;
    },
  });

  test({
    name: `${name}: connections that come and go leave no descriptor behind`,
    ignore,
    async fn() {
      await assertNoneLeft("transport", name);
    },
  });
}

/** Waits for bytes and reads them. */
async function readSome(
  socket: { fd: number; read(buffer: Uint8Array, length: number): number },
  buffer: Uint8Array,
  reactor: InstanceType<typeof net.Reactor>,
): Promise<number> {
  while (true) {
    const result = socket.read(buffer, buffer.length);
    if (result !== -11 && result !== -4) return result;
    await new Promise<void>((resolve) => {
      reactor.add(socket.fd, 1, {
        onReady() {
          reactor.remove(socket.fd);
          resolve();
        },
      });
    });
  }
}

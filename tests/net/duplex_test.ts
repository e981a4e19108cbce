/**
 * Tests of `SocketDuplex`. The first two are regression tests: a Duplex whose `write` called back synchronously made
 * Deno's nghttp2 session re-enter itself. Under load the process ended with `free(): invalid pointer` or an assertion
 * of nghttp2; sequential calls never showed it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { runChild } from "./_child.ts";
import { gate } from "../_support/gate.ts";
import type { SocketDuplex } from "../../src/net/duplex/mod.ts";
import { loadNetAndDuplex, type Net, PERMISSIONS, readAll, serve } from "./_transports.ts";

const [test, net] = await gate([...PERMISSIONS, "run"], loadNetAndDuplex);

/** Opens a connection. Returns its ends, one of them as a stream. */
async function connection(): Promise<
  { near: SocketDuplex; far: Net.Socket; reactor: Net.Reactor } & AsyncDisposable
> {
  const reactor = new net.Reactor();
  const address = net.parseAddress(`unix-abstract:signer-test-${crypto.randomUUID()}`);
  await using server = await serve(net, address);
  const near = net.toDuplex(await net.dial(address, { reactor }), reactor);
  const far = await server.accept();
  return {
    near,
    far,
    reactor,
    async [Symbol.asyncDispose]() {
      near.destroy();
      // Not once(), which rejects with the errors that some of these tests cause.
      if (!near.closed) await new Promise((resolve) => near.on("close", resolve));
      far.close();
      await reactor.close();
    },
  };
}

test("node:http2 over the Duplex survives 3,000 calls, 64 at a time", async () => {
  assert.equal(await runChild("./_http2_load.ts"), "3000 calls\n");
});

test("a write never completes synchronously, whether it succeeds, waits or fails", async () => {
  await using ends = await connection();
  const { near, far } = ends;
  near.on("error", () => {});
  for (const data of [new Uint8Array(1), new Uint8Array(8 * 1024 * 1024)]) {
    let within = true;
    const completed = new Promise<boolean>((resolve) => near.write(data, () => resolve(within)));
    within = false;
    drain(far, ends.reactor);
    assert.equal(await completed, false);
    ends.reactor.remove(far.fd);
  }
  far.close();
  let within = true;
  const failed = new Promise<boolean>((resolve) => near.write("x", () => resolve(within)));
  within = false;
  assert.equal(await failed, false);
});

test("a stream that is not consumed buffers little, and the rest stays in the kernel", async () => {
  await using ends = await connection();
  const { near, far } = ends;
  near.once("readable", () => {});
  const chunk = new Uint8Array(64 * 1024);
  for (let i = 0; i < 100; i++) {
    far.write(chunk, chunk.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  assert.ok(near.readableLength <= 1024 * 1024, `${near.readableLength} bytes buffered`);
});

test("bytes that a peer sent before it closed are read, also by a reader that starts late", async () => {
  await using ends = await connection();
  const { near, far } = ends;
  const sent = far.write(new Uint8Array(100_000).fill(7), 100_000);
  far.close();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(await readAll(near), new Uint8Array(sent).fill(7));
});

test("destroying a stream fails a waiting write, and closes the stream once", async () => {
  await using ends = await connection();
  const { near } = ends;
  let closes = 0;
  near.on("close", () => closes++);
  near.on("error", () => {});
  const written = new Promise<Error | null | undefined>((resolve) => {
    near.write(new Uint8Array(32 * 1024 * 1024), resolve);
  });
  near.destroy();
  near.destroy();
  assert.ok(await written instanceof Error);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(closes, 1);
  assert.equal(ends.reactor.size, 0);
});

test("the stream has the fields of net.Socket that grpc-js reads", async () => {
  await using ends = await connection();
  const { near } = ends;
  assert.match(near.remoteAddress, /^unix:pid=[0-9]+,uid=[0-9]+$/);
  assert.equal(near.remotePort, undefined);
  assert.equal(near.setNoDelay(), near);
  assert.equal(near.setKeepAlive(true, 1000), near);
  assert.equal(near.ref(), near);
  assert.equal(near.unref(), near);
  assert.equal("encrypted" in near, false);
});

test("`setTimeout()` emits `timeout` after inactivity", async () => {
  await using ends = await connection();
  await new Promise<void>((resolve) => ends.near.setTimeout(10, resolve));
  ends.near.setTimeout(0);
});

/** Reads and discards all bytes. */
function drain(socket: Net.Socket, reactor: Net.Reactor): void {
  const buffer = new Uint8Array(65536);
  reactor.add(socket.fd, 1, { onReady: () => void socket.read(buffer, buffer.length) });
}

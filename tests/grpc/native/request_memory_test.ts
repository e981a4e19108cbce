/** Memory of large requests, which is used again. @module */
import assert from "node:assert/strict";
import type { AnyMethod, CallContext, Service } from "../../../src/grpc/mod.ts";
import type { HeldBytes } from "../../../src/grpc/native/server/_held_bytes.ts";
import { gate } from "../../_support/gate.ts";
import { until } from "../../_support/until.ts";

const [test, { RequestBytes, reuseMemory, openNativeChannel, openNativeServer, unary, net }] =
  await gate(["net", "env", "read", "sys", "ffi"], async () => {
    const net = await import("../../../src/net/mod.ts");
    // Opened outside of tests: libraries stay loaded, and the sanitizer would report the first test for them.
    net.socketsSupported();
    return {
      net,
      ...await import("../../../src/grpc/mod.ts"),
      ...await import("../../../src/grpc/native/client/mod.ts"),
      ...await import("../../../src/grpc/native/server/mod.ts"),
      ...await import("../../../src/grpc/native/server/_request_bytes.ts"),
    };
  });

const SIZE = 65_536;
const FRAME = 16_384;
const PREFIX = 5;

const uncounted = { setBuffered() {} } as unknown as HeldBytes;

/** Returns the bytes of a request with one message, as they arrive in frames. */
function requestOf(fill: number) {
  const request = new RequestBytes(uncounted, undefined, SIZE);
  const body = new Uint8Array(PREFIX + SIZE).fill(fill);
  body.set([0, 0, 1, 0, 0]);
  for (let at = 0; at < body.length; at += FRAME) {
    request.append(body, at, Math.min(body.length, at + FRAME));
  }
  return request;
}

test("memory belongs to one message at a time, and then to the next", () => {
  const first = requestOf(1);
  const a = first.take()!;
  // The message has the memory now: dropping the request does not free it.
  first.clear();
  const b = requestOf(2).take()!;
  assert.notEqual(a.memory, b.memory);
  assert.ok(a.bytes.every((byte) => byte === 1));
  reuseMemory(a.memory!);
  const c = requestOf(3).take()!;
  assert.equal(c.memory, a.memory);
  assert.ok(b.bytes.every((byte) => byte === 2) && c.bytes.every((byte) => byte === 3));
});

test("a request that is dropped leaves its memory to the next one", () => {
  const dropped = requestOf(1);
  dropped.clear();
  dropped.clear();
  const [a, b] = [requestOf(2).take()!, requestOf(3).take()!];
  assert.notEqual(a.memory, b.memory);
});

/** A method of `test.Memory`, whose messages are bytes. */
function method(name: string): AnyMethod {
  const asIs = <T>(value: T) => value;
  return {
    path: `/test.Memory/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: (bytes: Uint8Array) => Uint8Array.from(bytes),
    originalName: name,
  } as unknown as AnyMethod;
}

test("an asynchronous handler keeps its request while others are handled, and after a cancellation", async () => {
  const release = Promise.withResolvers<void>();
  const kept: { request: Uint8Array; copy: Uint8Array }[] = [];
  const definition = { Echo: method("Echo"), Keep: method("Keep") };
  const service: Service = {
    definition,
    handlers: {
      Echo: unary((request: unknown) => request) as never,
      Keep: unary(async (request: unknown) => {
        kept.push({ request: request as Uint8Array, copy: Uint8Array.from(request as Uint8Array) });
        await release.promise;
        return request;
      }) as never,
    },
  };
  await using stack = new AsyncDisposableStack();
  const server = openNativeServer({ services: [service] });
  stack.defer(() => server.close());
  const address = net.formatAddress(await server.listen(net.tcpAddress("127.0.0.1:0")));
  using channel = openNativeChannel({ addresses: [address] });
  const call = async (of: AnyMethod, request: Uint8Array, signal?: AbortSignal) => {
    const { responses } = channel.call<Uint8Array, Uint8Array>(
      of,
      [request],
      signal ? { signal } : {},
    );
    for await (const response of responses) return response;
  };
  const payload = (fill: number) => new Uint8Array(SIZE).fill(fill);

  const cancel = new AbortController();
  const waiting = call(definition.Keep, payload(101));
  const cancelled = assert.rejects(call(definition.Keep, payload(102), cancel.signal));
  await until("both handlers run", () => kept.length === 2);
  cancel.abort();
  await cancelled;
  for (let fill = 1; fill <= 20; fill++) {
    assert.deepEqual(await call(definition.Echo, payload(fill)), payload(fill));
  }
  for (const { request, copy } of kept) assert.deepEqual(Uint8Array.from(request), copy);
  release.resolve();
  assert.deepEqual(await waiting, payload(101));
  // The memory of a settled handler's request is used again.
  const before = kept.map(({ request }) => request.buffer);
  assert.deepEqual(await call(definition.Keep, payload(103)), payload(103));
  assert.ok(before.includes(kept.at(-1)!.request.buffer));
});

test("a handler moves the memory of its request to another thread, and gives it back", async () => {
  const requests: Uint8Array[] = [];
  const moved: ArrayBuffer[] = [];
  const definition = { Move: method("Move") };
  const handle = async (request: unknown, context: CallContext) => {
    requests.push(request as Uint8Array);
    const memory = context.takeRequestMemory!()!;
    assert.equal(context.takeRequestMemory!(), undefined);
    assert.equal((request as Uint8Array).buffer, memory);
    const { byteOffset, length } = request as Uint8Array;
    // Transferred, as to a worker and back.
    const back = await Promise.resolve(structuredClone(memory, { transfer: [memory] }));
    moved.push(back);
    context.returnRequestMemory!(back);
    return new Uint8Array(back, byteOffset, length);
  };
  await using stack = new AsyncDisposableStack();
  const server = openNativeServer({
    services: [{ definition, handlers: { Move: unary(handle) as never } }],
  });
  stack.defer(() => server.close());
  const address = net.formatAddress(await server.listen(net.tcpAddress("127.0.0.1:0")));
  using channel = openNativeChannel({ addresses: [address] });
  for (let fill = 1; fill <= 3; fill++) {
    const payload = new Uint8Array(SIZE).fill(fill);
    const { responses } = channel.call<Uint8Array, Uint8Array>(definition.Move, [payload]);
    assert.deepEqual(await Array.fromAsync(responses), [payload]);
  }
  // Each request is in the memory that the one before it gave back.
  assert.equal(requests[0]!.length, 0);
  assert.deepEqual(moved.slice(0, 2).map((buffer) => buffer.detached), [true, true]);
});

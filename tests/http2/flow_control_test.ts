/** Flow control of sent DATA, and the queues of streams. @module */
import assert from "node:assert/strict";
import { DEFAULT_LIMITS, prepareHeaders, StreamState } from "../../src/http2/mod.ts";
import {
  FrameFlag,
  FrameType,
  headers,
  join,
  REQUEST,
  rstStream,
  settings,
  windowUpdate,
} from "./_frames.ts";
import { generator } from "./_random.ts";
import { server } from "./_recorder.ts";

const RESPONSE = prepareHeaders([":status", "200"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);

Deno.test("DATA waits for the stream's window, and trailers wait for DATA", () => {
  const { exchange, recorder, sent } = server();
  exchange([settings([4, 10]), headers(1)]);
  const [stream] = recorder.streams;
  stream.sendHeaders(RESPONSE);
  assert.equal(stream.sendData(new Uint8Array(25)), true);
  stream.sendHeaders(TRAILERS, [], true);
  assert.deepEqual(sent(), ["HEADERS 1", "DATA 1 10"]);
  assert.equal(stream.queuedBytes, 15);
  assert.deepEqual(exchange(windowUpdate(1, 14)), ["DATA 1 14"]);
  assert.deepEqual(exchange(windowUpdate(1, 14)), ["DATA 1 1", "HEADERS 1 end"]);
  assert.equal(recorder.take().at(-1), "closed 1");
});

Deno.test("END_STREAM is on the last frame of the queue, and needs no window without DATA", () => {
  const { exchange, recorder, sent } = server();
  exchange([settings([4, 0]), headers(1), headers(3)]);
  const [first, second] = recorder.streams;
  first.sendData(new Uint8Array(5));
  first.sendData(new Uint8Array(0), true);
  second.sendData(new Uint8Array(0), true);
  assert.deepEqual(sent(), ["DATA 3 end 0"]);
  assert.deepEqual(exchange(windowUpdate(1, 5)), ["DATA 1 end 5"]);
});

Deno.test("DATA waits for the connection's window, and streams take turns", () => {
  const { exchange, recorder, sent, connection } = server();
  exchange([settings([4, 1 << 20]), headers(1), headers(3)]);
  for (const stream of recorder.streams) stream.sendData(new Uint8Array(60_000));
  assert.deepEqual(sent(), [
    "DATA 1 16384",
    "DATA 1 16384",
    "DATA 1 16384",
    "DATA 1 10848",
    "DATA 3 5535",
  ]);
  assert.equal(connection.queuedBytes, 54_465);
  for (const stream of recorder.streams) stream.sendData(new Uint8Array(20_000));
  assert.deepEqual(exchange(windowUpdate(0, 60_000)), [
    "DATA 3 16384",
    "DATA 1 16384",
    "DATA 3 16384",
    "DATA 1 3616",
    "DATA 3 7232",
  ]);
});

Deno.test("SETTINGS change the windows of open streams, even below zero", () => {
  const { exchange, recorder, sent } = server();
  exchange(headers(1));
  const [stream] = recorder.streams;
  stream.sendData(new Uint8Array(1_000));
  assert.deepEqual(sent(), ["DATA 1 1000"]);
  assert.deepEqual(exchange(settings([4, 500])), ["SETTINGS ack"]);
  stream.sendData(new Uint8Array(10));
  assert.deepEqual(exchange(windowUpdate(1, 500)), []);
  assert.deepEqual(exchange(windowUpdate(1, 4)), ["DATA 1 4"]);
  assert.deepEqual(exchange(settings([4, 65_535])), ["SETTINGS ack", "DATA 1 6"]);
});

Deno.test("a window that SETTINGS close holds back DATA that waited for the connection's window", () => {
  const { exchange, recorder, sent } = server();
  exchange([settings([4, 100_000]), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(80_000));
  assert.equal(sent().length, 4);
  assert.deepEqual(exchange([settings([4, 0]), windowUpdate(0, 50_000)]), ["SETTINGS ack"]);
  assert.deepEqual(exchange(settings([4, 65_545])), ["SETTINGS ack", "DATA 1 10"]);
});

Deno.test("the peer's MAX_FRAME_SIZE cuts DATA", () => {
  const { exchange, recorder, sent } = server({ limits: { maxSendFrameSize: 65_536 } });
  exchange([settings([5, 20_000]), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(30_000), true);
  assert.deepEqual(sent(), ["DATA 1 20000", "DATA 1 end 10000"]);
});

// gRPC's C core announces 4 MiB. One DATA frame of that size was more than `maxOutputSize`, and the next
// bytes received ended the connection: "The peer sends and does not read".
Deno.test("our own limit cuts DATA, however large the frames that the peer takes", () => {
  const { connection, exchange, recorder, sent } = server();
  exchange([settings([5, 4_194_304], [4, 2 ** 30]), windowUpdate(0, 2 ** 30), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(4_000_000), true);
  const sizes: number[] = [];
  for (let round = 0; round < 1_000 && !sent().some((line) => line.includes(" end ")); round++) {
    recorder.onRequest = (stream) => stream.sendHeaders(TRAILERS, [], true);
    sizes.push(connection.output.length);
    connection.receive(headers(3 + 2 * round), 0);
  }
  assert.ok(Math.max(...sizes) < DEFAULT_LIMITS.outputHighWater + 2 * 16_384);
  assert.equal(connection.closed, false);
  assert.equal(connection.unsentBytes, 0);
});

Deno.test("HEADERS wait as well while the transport does not take the output, and are sent before DATA", () => {
  const { connection, exchange, recorder, sent } = server({ limits: { outputHighWater: 10_000 } });
  exchange([settings([4, 1 << 20]), headers(1), headers(3), headers(5), headers(7)]);
  const [large, whole, parts, empty] = recorder.streams;
  large.sendData(new Uint8Array(40_000), true);
  whole.sendHeaders(TRAILERS, [], true);
  parts.sendHeaders(RESPONSE);
  parts.sendData(new Uint8Array(3));
  parts.sendData(new Uint8Array(4));
  parts.sendHeaders(TRAILERS, [], true);
  empty.sendHeaders(RESPONSE);
  empty.sendData(new Uint8Array(0), true);
  assert.throws(() => parts.sendHeaders(TRAILERS, [], true), /has ended/);
  assert.deepEqual(sent(), ["DATA 1 16384"]);
  assert.deepEqual(sent(), [
    ...["HEADERS 3 end", "HEADERS 5", "HEADERS 7", "DATA 7 end 0"],
    "DATA 1 16384",
  ]);
  assert.deepEqual(sent(), ["DATA 5 7", "HEADERS 5 end", "DATA 1 end 7232"]);
  assert.equal(connection.unsentBytes, 0);
  assert.equal(connection.streamCount, 0);
});

Deno.test("headers cannot be sent between queued DATA", () => {
  const { exchange, recorder } = server();
  exchange([settings([4, 0]), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(3));
  assert.throws(() => recorder.streams[0].sendHeaders(RESPONSE), /between queued DATA/);
});

Deno.test("`unsentBytes` counts waiting streams and their trailers, and small pieces by the chunk", () => {
  const { connection, exchange, recorder } = server();
  exchange([settings([4, 0]), headers(1), headers(3)]);
  const [first, second] = recorder.streams;
  first.sendData(new Uint8Array(1));
  const one = connection.unsentBytes;
  assert.ok(one > 1_000, `${one}`);
  first.sendHeaders(TRAILERS, ["grpc-message", "x".repeat(1_000)], true);
  assert.ok(connection.unsentBytes > one + 1_000);
  // 20,000 pieces of 5 bytes.
  for (let i = 0; i < 20_000; i++) second.sendData(new Uint8Array(5));
  const { unsentBytes } = connection;
  assert.ok(unsentBytes > 100_000 && unsentBytes < 150_000, `${unsentBytes}`);
  exchange([rstStream(1, 8), rstStream(3, 8)]);
  assert.equal(connection.unsentBytes, 0);
});

Deno.test("small pieces that share memory are sent in order", () => {
  const { connection, exchange, recorder } = server();
  exchange([settings([4, 0]), headers(1)]);
  const [stream] = recorder.streams;
  const random = generator(7);
  const expected: number[] = [];
  const received: number[] = [];
  for (let round = 0; round < 400; round++) {
    const piece = Uint8Array.from({ length: random(700) }, () => random(256));
    expected.push(...piece);
    stream.sendData(piece);
    connection.receive(join(windowUpdate(1, 1 + random(600)), windowUpdate(0, 600)), 0);
    const output = connection.output.view();
    for (let at = 0; at < output.length;) {
      const length = (output[at + 1] << 8) | output[at + 2];
      received.push(...output.subarray(at + 9, at + 9 + length));
      at += 9 + length;
    }
    connection.sent(output.length, 0);
  }
  assert.ok(received.length > 100_000);
  assert.deepEqual(received, expected.slice(0, received.length));
  assert.equal(stream.queuedBytes, expected.length - received.length);
});

Deno.test("`stopPeer()` resets with NO_ERROR once the end of our side is sent, even from the queue", () => {
  const { exchange, recorder, sent } = server();
  exchange([settings([4, 0]), headers(1, REQUEST, 0), headers(3, REQUEST, 0), headers(5)]);
  const [waits, sends, ended] = recorder.streams;
  for (const stream of recorder.streams) {
    if (stream === waits) stream.sendData(new Uint8Array(1));
    stream.sendHeaders(TRAILERS, [], true);
    stream.stopPeer();
  }
  assert.deepEqual(sent(), ["HEADERS 3 end", "RST_STREAM 3 NO_ERROR", "HEADERS 5 end"]);
  assert.deepEqual([sends.state, ended.state], [StreamState.CLOSED, StreamState.CLOSED]);
  assert.deepEqual(exchange(windowUpdate(1, 1)), [
    "DATA 1 1",
    "HEADERS 1 end",
    "RST_STREAM 1 NO_ERROR",
  ]);
});

Deno.test("`sendData()` returns false over the high-water mark, and `onWritable` follows", () => {
  const { exchange, recorder } = server({ limits: { streamHighWater: 1_000 } });
  exchange([settings([4, 0]), headers(1)]);
  recorder.take();
  const [stream] = recorder.streams;
  assert.equal(stream.sendData(new Uint8Array(900)), true);
  assert.equal(stream.sendData(new Uint8Array(900)), false);
  exchange(windowUpdate(1, 1_000));
  assert.deepEqual(recorder.take(), []);
  exchange(windowUpdate(1, 500));
  assert.deepEqual(recorder.take(), ["writable 1"]);
  exchange(windowUpdate(1, 500));
  assert.deepEqual(recorder.take(), []);
});

Deno.test("a stream that sends more in `onWritable` sends everything in order", () => {
  const { exchange, recorder, connection } = server({ limits: { streamHighWater: 64 } });
  exchange([settings([4, 0]), headers(1)]);
  let next = 0;
  const fill = (stream: typeof recorder.streams[number]) => {
    while (next < 100 && stream.sendData(new Uint8Array(10).fill(next++)));
    if (next === 100) stream.sendHeaders(TRAILERS, [], true), next++;
  };
  recorder.onRoom = fill;
  fill(recorder.streams[0]);
  const received: number[] = [];
  let ended = false;
  for (let round = 0; round < 100 && !ended; round++) {
    connection.receive(windowUpdate(1, 17), 0);
    const { bytes, start, end } = connection.output;
    for (let at = start; at < end;) {
      const length = (bytes[at + 1] << 8) | bytes[at + 2];
      if (bytes[at + 3] === FrameType.DATA) {
        received.push(...bytes.subarray(at + 9, at + 9 + length));
      } else {
        ended = (bytes[at + 4] & FrameFlag.END_STREAM) !== 0;
      }
      at += 9 + length;
    }
    connection.sent(connection.output.length, 0);
  }
  assert.ok(ended);
  assert.deepEqual(received, Array.from({ length: 1_000 }, (_, i) => Math.floor(i / 10)));
});

Deno.test("DATA waits while the transport does not take the output", () => {
  const { connection, exchange, recorder, sent } = server({ limits: { outputHighWater: 50_000 } });
  exchange([settings([4, 1 << 20]), windowUpdate(0, 1 << 20), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(200_000));
  assert.ok(connection.output.length < 70_000);
  assert.ok(recorder.streams[0].queuedBytes > 130_000);
  let frames = 0;
  for (let round = 0; round < 10; round++) frames += sent().length;
  assert.equal(frames, 13);
  assert.equal(recorder.streams[0].queuedBytes, 0);
});

/** A server with a stream and open windows, whose application acts when the output is full. */
function full(onFull: (rig: ReturnType<typeof server>) => void) {
  const rig = server({ limits: { outputHighWater: 50_000 } });
  Object.assign(rig.recorder, { onFull: () => onFull(rig) });
  rig.exchange([settings([4, 1 << 20]), windowUpdate(0, 1 << 20), headers(1), headers(3)]);
  return rig;
}

Deno.test("DATA needs no queue while the application sends the full output at once", () => {
  const lines: string[] = [];
  const { recorder: { streams: [stream] }, sent } = full((rig) => lines.push(...rig.sent()));
  assert.equal(stream.sendData(new Uint8Array(200_000), true), true);
  assert.equal(stream.queuedBytes, 0);
  lines.push(...sent());
  assert.equal(lines.length, 13);
  assert.equal(lines.at(-1), "DATA 1 end 3392");
});

Deno.test("DATA is queued behind that of other streams, and the application is not asked to send", () => {
  let asked = 0;
  const { recorder: { streams: [first, second] } } = full(() => asked++);
  first.sendData(new Uint8Array(200_000));
  assert.equal(asked, 1);
  second.sendData(new Uint8Array(200_000));
  assert.equal(asked, 1);
  assert.equal(second.queuedBytes, 200_000);
});

Deno.test("a connection that ends while the output is full sends no more", () => {
  const { recorder, connection } = full((rig) => rig.connection.disconnect());
  assert.equal(recorder.streams[0].sendData(new Uint8Array(200_000), true), true);
  assert.equal(connection.output.length, 0);
  assert.equal(connection.queuedBytes, 0);
});

/** Flow control and queues, in both directions. @module */
import assert from "node:assert/strict";
import { DEFAULT_LIMITS, prepareHeaders, StreamState } from "../../src/http2/mod.ts";
import {
  data,
  FrameFlag,
  FrameType,
  headers,
  join,
  REQUEST,
  rstStream,
  settings,
  SETTINGS_ACK,
  windowUpdate,
} from "./_frames.ts";
import { generator } from "./_random.ts";
import { freshServer, server } from "./_recorder.ts";
import { CLIENT_PREFACE } from "./_frames.ts";

const RESPONSE = prepareHeaders([":status", "200"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);
const FIXED = { adaptive: false };

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

Deno.test("a stream that the peer has ended gets no more WINDOW_UPDATE", () => {
  const { exchange, recorder } = server({
    windows: { stream: 70_000, connection: 1 << 20, ...FIXED },
  });
  recorder.consume = false;
  exchange(headers(1, REQUEST, 0));
  for (let i = 0; i < 4; i++) exchange(data(1, 16_000, i === 3 ? FrameFlag.END_STREAM : 0));
  recorder.streams[0].consume(64_000);
  assert.deepEqual(exchange([]), []);
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

Deno.test("headers cannot be sent amid queued data", () => {
  const { exchange, recorder } = server();
  exchange([settings([4, 0]), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(3));
  assert.throws(() => recorder.streams[0].sendHeaders(RESPONSE), /amid data/);
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

Deno.test("DATA over the stream's window ends the stream, DATA over the connection's window the connection", () => {
  const { exchange, recorder } = server({
    windows: { stream: 70_000, connection: 100_000, ...FIXED },
  });
  recorder.consume = false;
  exchange([headers(1, REQUEST, 0), headers(3, REQUEST, 0)]);
  for (let i = 0; i < 4; i++) assert.deepEqual(exchange(data(1, 16_384)), []);
  const answer = exchange(data(1, 16_384));
  assert.deepEqual(answer, ["RST_STREAM 1 FLOW_CONTROL_ERROR", "WINDOW_UPDATE 0 81920"]);
  assert.equal(recorder.take().at(-1), "closed 1");
  const all = server({ windows: { stream: 200_000, connection: 70_000, ...FIXED } });
  all.recorder.consume = false;
  all.exchange(headers(1, REQUEST, 0));
  for (let i = 0; i < 4; i++) assert.deepEqual(all.exchange(data(1, 16_384)), []);
  assert.deepEqual(all.exchange(data(1, 16_384)), ["GOAWAY 1 FLOW_CONTROL_ERROR"]);
});

Deno.test("credit for consumed bytes is returned, half a window at a time", () => {
  const { exchange, recorder } = server({
    windows: { stream: 70_000, connection: 300_000, ...FIXED },
  });
  recorder.consume = false;
  exchange(headers(1, REQUEST, 0));
  const [stream] = recorder.streams;
  for (let i = 0; i < 4; i++) exchange(data(1, 10_000));
  stream.consume(30_000);
  assert.deepEqual(exchange([]), []);
  stream.consume(10_000);
  assert.deepEqual(exchange([]), ["WINDOW_UPDATE 1 40000"]);
  // Credit is returned only for bytes that the stream holds.
  stream.consume(1_000_000);
  assert.deepEqual(exchange([]), []);
});

Deno.test("a stream that closes returns its credit of the connection, consumed or not", () => {
  const { exchange, recorder } = server({
    windows: { stream: 70_000, connection: 70_000, ...FIXED },
  });
  recorder.consume = false;
  exchange(headers(1, REQUEST, 0));
  for (let i = 0; i < 4; i++) assert.deepEqual(exchange(data(1, 10_000)), []);
  assert.deepEqual(exchange(rstStream(1, 8)), ["WINDOW_UPDATE 0 40000"]);
});

Deno.test("the default window applies until our SETTINGS are acknowledged, then the smaller one", () => {
  const { exchange, recorder } = freshServer({ windows: { stream: 1_000, ...FIXED } });
  recorder.consume = false;
  exchange([CLIENT_PREFACE, settings(), headers(1, REQUEST, 0)]);
  assert.deepEqual(exchange(data(1, 1_500)), []);
  exchange(SETTINGS_ACK);
  recorder.streams[0].consume(600);
  assert.deepEqual(exchange([headers(3, REQUEST, 0), data(3, 1_000)]), ["WINDOW_UPDATE 1 600"]);
  assert.deepEqual(exchange(data(3, 1)), ["RST_STREAM 3 FLOW_CONTROL_ERROR"]);
});

Deno.test("adaptive windows double when a round trip fills them, up to the limit", () => {
  const { connection, exchange } = server({
    windows: { stream: 100_000, connection: 100_000 },
    limits: { maxReceiveWindow: 400_000 },
  });
  exchange(headers(1, REQUEST, 0));
  const grown: string[] = [];
  for (let round = 0; round < 200; round++) {
    connection.receive(data(1, 10_000), 0);
    const output = connection.output.view().slice();
    const answer = exchange([]);
    grown.push(...answer.filter((line) => line === "SETTINGS"));
    // The PING is answered after nearly a window of DATA.
    const ping = answer.indexOf("PING");
    if (ping < 0) continue;
    for (let i = 8 * (1 + grown.length); i > 0; i--) exchange(data(1, 10_000));
    const pong = output.slice(output.length - 17);
    pong[4] = FrameFlag.ACK;
    grown.push(...exchange([pong, SETTINGS_ACK]).filter((line) => line === "SETTINGS"));
  }
  assert.equal(grown.length, 2);
});

Deno.test("adaptive windows that a round trip does not fill stay unchanged", () => {
  const { connection, exchange } = server({ windows: { stream: 100_000, connection: 100_000 } });
  exchange(headers(1, REQUEST, 0));
  let pings = 0;
  for (let round = 0; round < 100; round++) {
    connection.receive(data(1, 10_000), 0);
    const output = connection.output.view().slice();
    const answer = exchange([]);
    assert.ok(!answer.includes("SETTINGS"));
    if (!answer.includes("PING")) continue;
    pings++;
    const pong = output.slice(output.length - 17);
    pong[4] = FrameFlag.ACK;
    assert.ok(!exchange(pong).includes("SETTINGS"));
  }
  assert.ok(pings > 5);
});

Deno.test("small calls cause neither window updates nor PINGs", () => {
  const { exchange } = server();
  for (let id = 1; id < 201; id += 2) {
    assert.deepEqual(exchange([headers(id, REQUEST, 0), data(id, 50, 1), rstStream(id, 8)]), []);
  }
});

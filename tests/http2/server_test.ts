/** The server role of a connection: frames, drain and end. @module */
import assert from "node:assert/strict";
import { ErrorCode, prepareHeaders } from "../../src/http2/mod.ts";
import {
  block,
  CLIENT_PREFACE,
  data,
  frame,
  FrameFlag,
  FrameType,
  headers,
  join,
  REQUEST,
  rstStream,
  settings,
  windowUpdate,
} from "./_frames.ts";
import { freshServer, server } from "./_recorder.ts";

const RESPONSE = prepareHeaders([":status", "200"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);

Deno.test("a server begins with SETTINGS and widens the connection's window", () => {
  const { sent } = freshServer();
  assert.deepEqual(sent(), ["SETTINGS", "WINDOW_UPDATE 0 983041"]);
});

Deno.test("a wrong octet of the preface ends the connection", () => {
  const { exchange, recorder, connection } = freshServer();
  exchange(CLIENT_PREFACE.subarray(0, 3));
  assert.deepEqual(exchange(new Uint8Array([0x58])), ["GOAWAY 0 PROTOCOL_ERROR"]);
  assert.deepEqual(recorder.take(), ["end PROTOCOL_ERROR"]);
  assert.equal(connection.closed, true);
});

Deno.test("a unary call is answered with HEADERS, DATA and trailers in one output, and its stream closes", () => {
  const { connection, exchange, recorder } = server();
  recorder.onRequest = (stream, endStream) => {
    if (!endStream) return;
    stream.sendHeaders(RESPONSE);
    assert.equal(stream.sendPrefixed(new Uint8Array(5), new Uint8Array(7)), true);
    stream.sendHeaders(TRAILERS, ["grpc-message", "fine"], true);
  };
  assert.deepEqual(exchange([headers(1, REQUEST, 0), data(1, 9, FrameFlag.END_STREAM)]), [
    "HEADERS 1",
    "DATA 1 12",
    "HEADERS 1 end",
  ]);
  assert.deepEqual(recorder.take(), ["headers 1 /a/b", "data 1 9 end", "closed 1"]);
  assert.equal(recorder.streams[0].connection, connection);
  assert.equal(connection.streamCount, 0);
});

Deno.test("a response may end before the request, and RST_STREAM NO_ERROR stops the rest", () => {
  const { exchange, recorder, connection, sent } = server();
  exchange(headers(1, REQUEST, 0));
  recorder.streams[0].sendHeaders(TRAILERS, [], true);
  assert.equal(connection.streamCount, 1);
  recorder.streams[0].reset(ErrorCode.NO_ERROR);
  assert.deepEqual(sent(), ["HEADERS 1 end", "RST_STREAM 1 NO_ERROR"]);
  // Frames in flight are ignored.
  assert.deepEqual(exchange([data(1, 5), headers(1, ["a", "b"]), rstStream(1, 0)]), []);
  assert.deepEqual(recorder.take(), ["headers 1 /a/b", "closed 1"]);
});

Deno.test("a stream whose response has ended closes with the peer's DATA, HEADERS or trailers", () => {
  for (const last of [data(1, 1, FrameFlag.END_STREAM), headers(1, ["a", "b"])]) {
    const { connection, exchange, recorder } = server();
    exchange(headers(1, REQUEST, 0));
    recorder.streams[0].sendHeaders(TRAILERS, [], true);
    assert.equal(connection.streamCount, 1);
    exchange(last);
    assert.equal(recorder.take().at(-1), "closed 1");
    assert.equal(connection.streamCount, 0);
  }
});

Deno.test("frames for streams that were reset long ago are errors", () => {
  const { exchange, recorder, connection } = server({ limits: { maxConcurrentStreams: 256 } });
  for (let id = 1; id < 601; id += 2) {
    exchange(headers(id, REQUEST, 0));
    recorder.streams.at(-1)!.reset(ErrorCode.CANCEL);
  }
  exchange([data(599, 1), data(101, 1)]);
  assert.equal(connection.closed, false);
  assert.equal(exchange(data(1, 1)).at(-1), "GOAWAY 599 STREAM_CLOSED");
});

Deno.test("padding and priority are removed, and padding counts against the windows", () => {
  const { exchange, recorder } = server({ windows: { stream: 100_000, adaptive: false } });
  const flags = FrameFlag.PADDED | FrameFlag.PRIORITY | FrameFlag.END_HEADERS;
  exchange(frame(FrameType.HEADERS, flags, 1, [3, 0, 0, 0, 5, 1, ...block(REQUEST), 0, 0, 0]));
  const padded = frame(FrameType.DATA, FrameFlag.PADDED, 1, [4, 1, 2, 0, 0, 0, 0]);
  assert.deepEqual(exchange(padded), []);
  assert.deepEqual(recorder.take(), ["headers 1 /a/b", "data 1 2"]);
  // Credit for padding is returned without the application.
  const padding = frame(FrameType.DATA, FrameFlag.PADDED, 1, [255, ...new Array(256).fill(0)]);
  let updates = 0;
  for (let i = 0; i < 1_000; i++) updates += exchange(padding).length;
  assert.ok(updates > 2 && updates < 10);
});

Deno.test("the fragments of a header block are joined, empty ones too", () => {
  const { exchange, recorder } = server();
  const bytes = block(REQUEST);
  for (const id of [1, 3]) {
    exchange([
      frame(FrameType.HEADERS, FrameFlag.END_STREAM, id, bytes.subarray(0, 2)),
      frame(FrameType.CONTINUATION, 0, id),
      frame(FrameType.CONTINUATION, 0, id, bytes.subarray(2, 5)),
      frame(FrameType.CONTINUATION, FrameFlag.END_HEADERS, id, bytes.subarray(5)),
    ]);
    assert.deepEqual(recorder.take(), [`headers ${id} /a/b end`]);
  }
});

Deno.test("a large header list is sent in CONTINUATION frames", () => {
  const { exchange, recorder, sent } = server();
  exchange(headers(1));
  recorder.streams[0].sendHeaders(RESPONSE, ["x-large", "a".repeat(40_000)], true);
  assert.deepEqual(sent(), ["HEADERS 1 end", "CONTINUATION 1", "CONTINUATION 1"]);
});

Deno.test("unknown frames, settings and flags are ignored", () => {
  const { exchange, recorder } = server();
  exchange(headers(1, REQUEST, 0));
  recorder.take();
  const dependsOnItself = frame(FrameType.PRIORITY, 0, 1, [0, 0, 0, 1, 0]);
  assert.deepEqual(
    exchange([
      dependsOnItself,
      frame(0xfa, 0xff, 0x7fff_fffe, [1, 2, 3]),
      settings([0xff, 1]).fill(0, 4, 5),
      frame(FrameType.PING, FrameFlag.ACK, 0, new Uint8Array(8)),
    ]),
    ["SETTINGS ack"],
  );
  assert.deepEqual(recorder.take(), ["settings"]);
});

Deno.test("a first frame other than SETTINGS ends the connection", () => {
  const { exchange } = freshServer();
  const ping = frame(FrameType.PING, 0, 0, new Uint8Array(8));
  assert.equal(exchange([CLIENT_PREFACE, ping]).at(-1), "GOAWAY 0 PROTOCOL_ERROR");
});

Deno.test("PING is answered with its own payload", () => {
  const { connection, recorder } = server();
  connection.receive(frame(FrameType.PING, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]), 0);
  assert.deepEqual(
    connection.output.view(),
    frame(FrameType.PING, FrameFlag.ACK, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
  );
  assert.deepEqual(recorder.take(), ["ping"]);
});

Deno.test("`ping()` calls back once, with the time of the answer", () => {
  const { connection, exchange } = server();
  const times: number[] = [];
  connection.ping((now) => times.push(now));
  const ping = connection.output.view().slice();
  ping[4] = FrameFlag.ACK;
  exchange([ping, ping], 7);
  assert.deepEqual(times, [7]);
});

Deno.test("a drain serves streams that are open or in flight, and no others", () => {
  const { connection, exchange, recorder, sent } = server();
  exchange(headers(1));
  connection.drain();
  assert.equal(connection.phase.kind, "announced");
  const output = connection.output.view().slice();
  assert.deepEqual(sent(), ["GOAWAY 2147483647 NO_ERROR", "PING"]);
  const pong = output.slice(-17);
  pong[4] = FrameFlag.ACK;
  // In flight: still served.
  assert.deepEqual(exchange([headers(3), pong]), ["GOAWAY 3 NO_ERROR"]);
  // Too late: all its frames are ignored, but its header block is decoded.
  assert.deepEqual(
    exchange([headers(5, REQUEST, 0), data(5, 3), windowUpdate(5, 9), rstStream(5, 8)]),
    [],
  );
  assert.deepEqual(recorder.take(), ["headers 1 /a/b end", "headers 3 /a/b end"]);
  for (const stream of recorder.streams) stream.sendHeaders(TRAILERS, [], true);
  assert.deepEqual(recorder.take(), ["closed 1", "closed 3", "end"]);
  assert.deepEqual(sent(), ["HEADERS 1 end", "HEADERS 3 end"]);
  assert.equal(connection.closed, true);
});

Deno.test("a GOAWAY after that of a drain does not name a higher stream", () => {
  const { connection, exchange, sent } = server();
  exchange(headers(3, REQUEST, 0));
  connection.drain();
  connection.drain();
  sent();
  assert.deepEqual(exchange([headers(9), data(0, 1)]), ["GOAWAY 3 PROTOCOL_ERROR"]);
});

Deno.test("a second `drain()` does not wait for the round trip", () => {
  const { connection, recorder, sent } = server();
  connection.drain();
  connection.drain();
  assert.deepEqual(sent(), ["GOAWAY 2147483647 NO_ERROR", "PING", "GOAWAY 0 NO_ERROR"]);
  assert.deepEqual(recorder.take(), ["end"]);
});

Deno.test("`close()` sends its reason, and `disconnect()` ends open streams without output", () => {
  const closing = server();
  closing.exchange(headers(1));
  closing.connection.close(ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings");
  assert.deepEqual(closing.sent(), ["GOAWAY 1 ENHANCE_YOUR_CALM"]);
  assert.equal(closing.recorder.take().at(-1), "end ENHANCE_YOUR_CALM");
  const gone = server();
  gone.exchange(headers(1, REQUEST, 0));
  gone.recorder.take();
  gone.connection.disconnect();
  assert.deepEqual(gone.sent(), []);
  assert.deepEqual(gone.recorder.take(), ["reset 1 NO_ERROR connection", "closed 1", "end"]);
});

Deno.test("methods of a closed stream do nothing", () => {
  const { exchange, recorder, sent } = server();
  exchange([headers(1, REQUEST, 0), rstStream(1, 8)]);
  assert.deepEqual(recorder.take(), ["headers 1 /a/b", "reset 1 CANCEL peer", "closed 1"]);
  const [stream] = recorder.streams;
  stream.sendHeaders(RESPONSE);
  assert.equal(stream.sendData(new Uint8Array(9)), true);
  stream.consume(1);
  stream.reset(0);
  assert.deepEqual(sent(), []);
  assert.deepEqual(recorder.take(), []);
});

Deno.test("sending after the end of our side throws", () => {
  const { exchange, recorder } = server();
  exchange(headers(1, REQUEST, 0));
  const [stream] = recorder.streams;
  stream.sendHeaders(RESPONSE, [], true);
  assert.throws(() => stream.sendData(new Uint8Array(1)), { code: "INTERNAL_ERROR" });
  assert.throws(() => stream.sendHeaders(TRAILERS, [], true), { code: "INTERNAL_ERROR" });
});

Deno.test("an exception of a handler ends its connection, and is not thrown to the caller", () => {
  const { exchange, recorder } = server();
  recorder.onRequest = () => {
    throw new Error("In the handler");
  };
  assert.equal(exchange(headers(1)).at(-1), "GOAWAY 1 INTERNAL_ERROR");
  assert.deepEqual(recorder.take().slice(-2), ["closed 1", "end INTERNAL_ERROR"]);
});

Deno.test("a header list over the peer's setting is refused", () => {
  const { exchange, recorder } = server();
  exchange([settings([6, 100]), headers(1)]);
  const [stream] = recorder.streams;
  assert.throws(() => stream.sendHeaders(RESPONSE, ["x-large", "a".repeat(100)]), {
    code: "INTERNAL_ERROR",
  });
  stream.sendHeaders(RESPONSE, [], true);
});

Deno.test("bytes that arrive one by one cause the same events as all at once", () => {
  const session = join(
    CLIENT_PREFACE,
    settings([3, 100]),
    headers(1, REQUEST, 0),
    data(1, 300),
    frame(FrameType.HEADERS, 0, 3, block(REQUEST).subarray(0, 3)),
    frame(FrameType.CONTINUATION, FrameFlag.END_HEADERS, 3, block(REQUEST).subarray(3)),
    frame(FrameType.PING, 0, 0, new Uint8Array(8)),
    data(1, 0, FrameFlag.END_STREAM),
    rstStream(3, 8),
  );
  const whole = freshServer();
  const answer = whole.exchange(session);
  for (let split = 0; split <= session.length; split++) {
    const parts = freshServer();
    const answers = [
      ...parts.exchange(session.subarray(0, split)),
      ...parts.exchange(session.subarray(split)),
    ];
    assert.deepEqual(answers, answer);
    assert.deepEqual(parts.recorder.events, whole.recorder.events);
  }
  const single = freshServer();
  const answers: string[] = [];
  for (let at = 0; at < session.length; at++) {
    answers.push(...single.exchange(session.subarray(at, at + 1)));
  }
  assert.deepEqual(answers, answer);
  assert.deepEqual(single.recorder.events, whole.recorder.events);
});

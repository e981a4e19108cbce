/** The client role of a connection: calls, GOAWAY, and errors of servers. @module */
import assert from "node:assert/strict";
import {
  configure,
  createClientConnection,
  createServerConnection,
  ErrorCode,
  prepareHeaders,
} from "../../src/http2/mod.ts";
import {
  CLIENT_PREFACE,
  data,
  describe,
  frame,
  FrameFlag,
  FrameType,
  headers,
  REQUEST,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "./_frames.ts";
import { client, Recorder } from "./_recorder.ts";

const METHOD = prepareHeaders(REQUEST);
const RESPONSE = prepareHeaders([":status", "200", "content-type", "application/grpc"]);
const TRAILERS = prepareHeaders(["grpc-status", "0"]);

function goaway(lastStreamId: number, code = 0): Uint8Array {
  return frame(FrameType.GOAWAY, 0, 0, [...uint32(lastStreamId), ...uint32(code)]);
}

Deno.test("a client begins with the preface, and SETTINGS that forbid push", () => {
  const connection = createClientConnection(configure(), new Recorder(), 0);
  const output = connection.output.view();
  assert.deepEqual(output.subarray(0, CLIENT_PREFACE.length), CLIENT_PREFACE);
  assert.deepEqual([...output.subarray(24 + 9, 24 + 15)], [0, 2, 0, 0, 0, 0]);
});

Deno.test("a unary call of a client", () => {
  const { connection, exchange, recorder, sent } = client();
  const stream = connection.openStream(METHOD, ["grpc-timeout", "1S"], false, "call 1")!;
  stream.sendPrefixed(new Uint8Array(5), new Uint8Array(7), true);
  assert.deepEqual(sent(), ["HEADERS 1", "DATA 1 end 12"]);
  exchange([headers(1, [":status", "200"], 0), data(1, 9), headers(1, ["grpc-status", "0"])]);
  assert.deepEqual(recorder.take(), [
    "headers 1 200",
    "data 1 9",
    "trailers 1 grpc-status",
    "closed 1",
  ]);
  assert.equal(recorder.streams[0].user, "call 1");
  assert.equal(connection.streamCount, 0);
});

Deno.test("a response of trailers only", () => {
  const { connection, exchange, recorder } = client();
  connection.openStream(METHOD, [], true);
  exchange(headers(1, [":status", "200", "grpc-status", "12"]));
  assert.deepEqual(recorder.take(), ["headers 1 200 end", "closed 1"]);
});

Deno.test("interim responses come before the response", () => {
  const { connection, exchange, recorder } = client();
  connection.openStream(METHOD, [], true);
  exchange([headers(1, [":status", "103"], 0), headers(1, [":status", "204"])]);
  assert.deepEqual(recorder.take(), ["headers 1 103", "headers 1 204 end", "closed 1"]);
});

Deno.test("a response that ends with its headers may name another's content-length", () => {
  const { connection, exchange, recorder } = client();
  connection.openStream(METHOD, [], true);
  exchange(headers(1, [":status", "304", "content-length", "10"]));
  assert.deepEqual(recorder.take(), ["headers 1 304 end", "closed 1"]);
});

/** Errors of a server in one stream. */
const STREAM_ERRORS: Readonly<Record<string, Uint8Array>> = {
  "DATA before the response": data(1, 1),
  "an interim response that ends": headers(1, [":status", "100"]),
};

for (const [what, bytes] of Object.entries(STREAM_ERRORS)) {
  Deno.test(`${what} ends the stream`, () => {
    const { connection, exchange, recorder } = client();
    connection.openStream(METHOD, [], true);
    assert.equal(exchange(bytes).at(-1), "RST_STREAM 1 PROTOCOL_ERROR");
    assert.deepEqual(recorder.take(), ["reset 1 PROTOCOL_ERROR local", "closed 1"]);
  });
}

/** Errors of a server in the connection. */
const CONNECTION_ERRORS: Readonly<Record<string, Uint8Array>> = {
  "a stream opened by the server": headers(2),
  "a response to no request": headers(3, [":status", "200"]),
  "PUSH_PROMISE": frame(FrameType.PUSH_PROMISE, 4, 1, [...uint32(2), 0x82]),
  "SETTINGS_ENABLE_PUSH of a server": settings([2, 1]),
  "a reset of an idle stream": rstStream(3, 0),
  "a window update of an idle stream": windowUpdate(2, 1),
};

for (const [what, bytes] of Object.entries(CONNECTION_ERRORS)) {
  Deno.test(`${what} ends the connection`, () => {
    const { connection, exchange, recorder } = client();
    connection.openStream(METHOD, [], true);
    assert.equal(exchange(bytes).at(-1), "GOAWAY 0 PROTOCOL_ERROR");
    assert.deepEqual(recorder.take(), [
      "reset 1 PROTOCOL_ERROR connection",
      "closed 1",
      "end PROTOCOL_ERROR",
    ]);
  });
}

Deno.test("a client opens as many streams as the server allows, and 100 before its SETTINGS", () => {
  const connection = createClientConnection<unknown>(configure(), new Recorder(), 0);
  assert.equal(connection.availableStreams, 100);
  connection.receive(settings([3, 2]), 0);
  assert.equal(connection.availableStreams, 2);
  connection.openStream(METHOD);
  connection.openStream(METHOD);
  assert.equal(connection.openStream(METHOD), undefined);
  connection.receive(rstStream(1, ErrorCode.CANCEL), 0);
  assert.equal(connection.openStream(METHOD)?.id, 5);
  connection.receive(settings([3, 0]), 0);
  assert.equal(connection.availableStreams, 0);
});

Deno.test("SETTINGS without MAX_CONCURRENT_STREAMS allow any number of streams", () => {
  const { connection } = client();
  assert.ok(connection.availableStreams >= 2 ** 30);
});

Deno.test("after GOAWAY, unprocessed streams end as such, and the others go on", () => {
  const { connection, exchange, recorder } = client();
  for (let i = 0; i < 3; i++) connection.openStream(METHOD, [], true);
  exchange(goaway(0x7fff_ffff));
  assert.equal(connection.openStream(METHOD), undefined);
  assert.equal(connection.availableStreams, 0);
  exchange(goaway(3));
  assert.deepEqual(recorder.take(), [
    "goaway 2147483647 NO_ERROR",
    "goaway 3 NO_ERROR",
    "reset 5 REFUSED_STREAM unprocessed",
    "closed 5",
  ]);
  exchange([headers(1, [":status", "200"]), headers(3, [":status", "200"])]);
  assert.deepEqual(recorder.take(), [
    "headers 1 200 end",
    "closed 1",
    "headers 3 200 end",
    "closed 3",
    "end",
  ]);
});

Deno.test("GOAWAY to an idle client ends the connection without an error", () => {
  const { exchange, recorder } = client();
  assert.deepEqual(exchange(goaway(0)), []);
  assert.deepEqual(recorder.take(), ["goaway 0 NO_ERROR", "end"]);
});

Deno.test("a client and a server exchange a thousand calls, in pieces of any size", () => {
  const [atClient, atServer] = [new Recorder(), new Recorder()];
  const limits = { maxConcurrentStreams: 10 };
  const clientSide = createClientConnection<unknown>(configure({ limits }), atClient, 0);
  const serverSide = createServerConnection<unknown>(configure({ limits }), atServer, 0);
  atServer.onRequest = (stream, endStream) => {
    if (!endStream) return;
    stream.sendHeaders(RESPONSE);
    stream.sendData(new Uint8Array(stream.id * 37 % 3_000));
    stream.sendHeaders(TRAILERS, ["x-id", String(stream.id)], true);
  };
  let calls = 0;
  const move = (from: typeof clientSide | typeof serverSide, to: typeof from) => {
    const bytes = from.output.view().slice();
    from.sent(bytes.length, 0);
    const split = bytes.length * 7 % 13;
    to.receive(bytes.subarray(0, split), 0);
    to.receive(bytes.subarray(split), 0);
  };
  // Before the server's SETTINGS the client would open more streams than they allow.
  move(serverSide, clientSide);
  for (let round = 0; round < 2_000 && calls < 1_000; round++) {
    for (;;) {
      const stream = clientSide.openStream(METHOD, ["x-call", String(calls)]);
      if (stream === undefined) break;
      calls++;
      stream.sendData(new Uint8Array(calls * 53 % 20_000), true);
    }
    move(clientSide, serverSide);
    move(serverSide, clientSide);
  }
  assert.ok(calls >= 1_000);
  assert.ok(atClient.events.filter((line) => line.startsWith("trailers")).length >= 990);
  assert.ok(!atClient.events.some((line) => line.startsWith("reset")));
  assert.ok(!clientSide.closed && !serverSide.closed);
});

Deno.test("requests over the peer's window wait, with their end", () => {
  const { connection, exchange, sent } = client();
  exchange(settings([4, 4]));
  connection.openStream(METHOD)!.sendData(new Uint8Array(10), true);
  assert.deepEqual(sent(), ["HEADERS 1", "DATA 1 4"]);
  connection.receive(windowUpdate(1, 6), 0);
  assert.deepEqual(describe(connection.output.view()), ["DATA 1 end 6"]);
  assert.equal(connection.output.bytes[connection.output.start + 4], FrameFlag.END_STREAM);
});

/*
 * 400 calls of a load generator timed out together, and were answered together shortly after. The client remembered
 * 256 of the streams that it had reset, treated the answer on another one as an error of the server, and closed the
 * connection with all other calls.
 */
Deno.test("answers to calls that were all reset at once leave the connection open", () => {
  const { connection, exchange, recorder } = client();
  exchange(settings([3, 3_000]));
  const streams = Array.from({ length: 2_000 }, () => connection.openStream(METHOD, [], true)!);
  const open = connection.openStream(METHOD, [], true)!;
  for (const stream of streams) stream.reset(ErrorCode.CANCEL);
  recorder.take();
  for (const { id } of streams) {
    exchange([headers(id, [":status", "200"], 0), data(id, 9), headers(id, ["grpc-status", "0"])]);
  }
  assert.deepEqual(recorder.take(), []);
  exchange(headers(open.id, [":status", "200", "grpc-status", "0"]));
  assert.deepEqual(recorder.take(), [`headers ${open.id} 200 end`, `closed ${open.id}`]);
});

Deno.test("an answer to a call that GOAWAY had called unprocessed leaves the connection open", () => {
  const { connection, exchange, recorder } = client();
  const first = connection.openStream(METHOD, [], true)!;
  const second = connection.openStream(METHOD, [], true)!;
  exchange(goaway(first.id));
  recorder.take();
  exchange(headers(second.id, [":status", "200", "grpc-status", "0"]));
  assert.deepEqual(recorder.take(), []);
  exchange(headers(first.id, [":status", "200", "grpc-status", "0"]));
  assert.deepEqual(recorder.take(), [`headers ${first.id} 200 end`, `closed ${first.id}`, "end"]);
});

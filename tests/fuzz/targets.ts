/** The fuzz targets. @module */
import assert from "node:assert/strict";
import {
  decodeHuffman,
  encodeHuffman,
  type HeaderField,
  HpackDecoder,
  HpackEncoder,
  huffmanLength,
  PreparedHeaders,
} from "../../src/http2/hpack/mod.ts";
import {
  configure,
  createClientConnection,
  createServerConnection,
  type Http2Connection,
  Http2Error,
  prepareHeaders,
} from "../../src/http2/mod.ts";
import { OutputBuffer } from "../../src/http2/output_buffer.ts";
import {
  block,
  CLIENT_PREFACE,
  data,
  encoded,
  frame,
  FrameFlag,
  FrameType,
  headers,
  join,
  REQUEST,
  rstStream,
  settings,
  SETTINGS_ACK,
  windowUpdate,
} from "../http2/_frames.ts";
import { generator, type Random } from "../http2/_random.ts";
import { type Life, LifecycleHandler } from "./_lifecycle.ts";
import { pipelineManifest } from "./_pipeline_manifest.ts";
import { protobuf } from "./_protobuf.ts";
import { subjectNames } from "./_subject_names.ts";
import type { FuzzTarget } from "./_target.ts";

const CONFIG = configure({
  limits: { maxOutputSize: 200_000, maxQueuedBytes: 200_000, maxHeaderListSize: 2_000 },
  windows: { stream: 20_000, connection: 70_000 },
});

const huffman: FuzzTarget = {
  name: "huffman",
  seeds: () =>
    ["", "a", "www.example.com", "\0\xff~"].map((text) => {
      const bytes = new Uint8Array(huffmanLength(text));
      encodeHuffman(text, bytes, 0);
      return bytes;
    }),
  run(bytes) {
    const target = new Uint8Array(bytes.length * 2);
    const length = decodeHuffman(bytes, 0, bytes.length, target);
    if (length < 0) return;
    assert.ok(length * 5 <= bytes.length * 8);
    const text = String.fromCharCode(...target.subarray(0, length));
    const again = new Uint8Array(huffmanLength(text));
    encodeHuffman(text, again, 0);
    assert.deepEqual(again, bytes);
  },
};

/** Returns header blocks that use the HPACK tables, each with a length prefix. */
function blocks(): Uint8Array {
  const encoder = new HpackEncoder(4_096);
  const lists = [REQUEST, [...REQUEST, "x-a", "1"], REQUEST, ["authorization", "secret"]];
  return join(...lists.flatMap((fields) => {
    const bytes = encoded(encoder, fields);
    return [Uint8Array.of(bytes.length), bytes];
  }));
}

const hpackDecoder: FuzzTarget = {
  name: "hpack_decoder",
  seeds: () => [blocks(), Uint8Array.of(4, 0x20, 0x3f, 0xe1, 0x1f), block(REQUEST)],
  run(bytes) {
    const decoder = new HpackDecoder(4_096);
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + bytes[at]);
      const fields: HeaderField[] = [];
      try {
        const size = decoder.decode(bytes, at + 1, end, fields, 1_000);
        const kept = fields.reduce((sum, field) => sum + field.size, 0);
        assert.ok(kept <= 1_000 && kept <= size);
      } catch (error) {
        assert.ok(error instanceof Http2Error && error.code === "COMPRESSION_ERROR", String(error));
        return;
      }
      assert.ok(decoder.tableSize <= 4_096);
      at = end;
    }
  },
};

const hpackRoundTrip: FuzzTarget = {
  name: "hpack_round_trip",
  seeds: () => [new TextEncoder().encode("ab\0cd\0ab\0cd\0grpc-status\x000\0"), blocks()],
  run(bytes) {
    const encoder = new HpackEncoder(1 + bytes.length * 7 % 500);
    const decoder = new HpackDecoder(4_096);
    const words = String.fromCharCode(...bytes.subarray(0, 2_000)).split("\0");
    const lists = words.map((word, i) =>
      new PreparedHeaders([word, words[(i * 3) % words.length]])
    );
    for (let i = 0; i < words.length * 2; i++) {
      const list = lists[(i * 5) % lists.length];
      const extra = i % 3 === 0 ? [words[i % words.length], String(i)] : [];
      if (i % 7 === 6) encoder.setTableSize(bytes[i % bytes.length] * 4);
      const output = new OutputBuffer();
      encoder.encode(list, extra, output);
      const fields: HeaderField[] = [];
      decoder.decode(output.bytes, output.start, output.end, fields, Infinity);
      output.clear();
      const expected = [...list.fields.flatMap(({ name, value }) => [name, value]), ...extra];
      assert.deepEqual(fields.flatMap(({ name, value }) => [name, value]), expected);
    }
  },
};

/** Returns the bytes of a client that uses most features of HTTP/2. */
function clientSession(): Uint8Array {
  const encoder = new HpackEncoder(4_096);
  const request = (id: number, flags: number, fields: readonly string[] = REQUEST) =>
    frame(FrameType.HEADERS, flags | FrameFlag.END_HEADERS, id, encoded(encoder, fields));
  const opening = encoded(encoder, [...REQUEST, "x-long", "a".repeat(90)]);
  return join(
    CLIENT_PREFACE,
    settings([3, 100], [4, 30_000], [1, 2_000]),
    SETTINGS_ACK,
    request(1, 0, [...REQUEST, "content-length", "12"]),
    data(1, 12, FrameFlag.END_STREAM),
    request(3, FrameFlag.END_STREAM),
    frame(FrameType.HEADERS, 0, 5, opening.subarray(0, 20)),
    frame(FrameType.CONTINUATION, FrameFlag.END_HEADERS, 5, opening.subarray(20)),
    frame(FrameType.DATA, FrameFlag.PADDED, 5, [3, 1, 2, 0, 0, 0]),
    frame(FrameType.PING, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
    windowUpdate(0, 100_000),
    windowUpdate(5, 10),
    request(5, FrameFlag.END_STREAM, ["x-trailer", "1"]),
    settings([4, 5_000], [5, 20_000]),
    request(7, 0),
    frame(FrameType.PRIORITY, 0, 7, [0, 0, 0, 3, 16]),
    rstStream(7, 8),
    frame(0xfa, 1, 3, [1, 2, 3]),
    request(1_201, FrameFlag.END_STREAM),
    windowUpdate(1_201, 40_000),
  );
}

/** Returns the bytes of a server that answers streams 1 to 9. */
function serverSession(): Uint8Array {
  const encoder = new HpackEncoder(4_096);
  const send = (id: number, flags: number, fields: readonly string[]) =>
    frame(FrameType.HEADERS, flags | FrameFlag.END_HEADERS, id, encoded(encoder, fields));
  return join(
    settings([3, 50], [4, 30_000]),
    SETTINGS_ACK,
    send(1, 0, [":status", "103"]),
    send(1, 0, [":status", "200", "content-type", "application/grpc"]),
    data(1, 12),
    send(1, FrameFlag.END_STREAM, ["grpc-status", "0"]),
    send(3, FrameFlag.END_STREAM, [":status", "200", "grpc-status", "5"]),
    windowUpdate(0, 50_000),
    rstStream(5, 8),
    send(7, 0, [":status", "200", "content-length", "3"]),
    data(7, 3, FrameFlag.END_STREAM),
    frame(FrameType.PING, FrameFlag.ACK, 0, new Uint8Array(8)),
    frame(FrameType.GOAWAY, 0, 0, [0, 0, 0, 7, 0, 0, 0, 0, 98, 121, 101]),
  );
}

/** Returns well-formed frames in random order, on a few streams. */
function frameSoup(random: Random): Uint8Array {
  const id = () => random(6) === 0 ? random(4) : 1 + 2 * random(6);
  const makers: (() => Uint8Array)[] = [
    () => headers(id(), random(8) === 0 ? ["x", "y"] : REQUEST, random(2)),
    () => headers(id(), REQUEST, random(2)),
    () => headers(id(), [":status", random(4) === 0 ? "100" : "200"], random(2)),
    () => headers(id(), ["grpc-status", "0"], 1),
    () => data(id(), random(2_000), random(2)),
    () => frame(FrameType.DATA, 8 | random(2), id(), [random(6), 1, 2, 0, 0, 0]),
    () => frame(FrameType.HEADERS, random(2), id(), block(REQUEST).subarray(0, random(9))),
    () => frame(FrameType.CONTINUATION, 4 * random(2), id(), block(REQUEST).subarray(random(9))),
    () => settings([1 + random(7), random(3) === 0 ? random(1 << 30) * 4 : random(100_000)]),
    () => SETTINGS_ACK,
    () => windowUpdate(random(2) === 0 ? 0 : id(), random(5) === 0 ? 0x7fff_ffff : random(30_000)),
    () => rstStream(id(), random(20)),
    () => frame(FrameType.PING, random(2), 0, [0, 0, 0, 0, 0, 0, 0, random(4)]),
    () => frame(FrameType.PRIORITY, 0, id(), [0, 0, 0, random(9), 1]),
    () => frame(FrameType.GOAWAY, 0, 0, [0, 0, 0, random(12), 0, 0, 0, random(15)]),
    () => frame(10 + random(240), random(256), id(), new Uint8Array(random(20))),
  ];
  const frames = Array.from({ length: 1 + random(40) }, () => makers[random(makers.length)]());
  return join(CLIENT_PREFACE, settings(), ...frames);
}

/** Feeds bytes to a connection in pieces, drains its output, and checks the bounds of memory. */
function feed(
  connection: Http2Connection<Life>,
  handler: LifecycleHandler,
  bytes: Uint8Array,
  piece: (random: Random) => number,
): void {
  const random = generator(bytes.length + 1);
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + piece(random));
    connection.receive(bytes, 0, at, end);
    // A piece adds at most the responses to its frames.
    assert.ok(connection.output.length < 600_000 && connection.queuedBytes <= 200_000);
    connection.sent(connection.output.length, 0);
    at = end;
  }
  connection.tick(1_000);
  connection.disconnect();
  assert.equal(connection.streamCount, 0);
  assert.equal(connection.queuedBytes, 0);
  assert.ok(handler.ended);
}

/** Runs a session in one piece and in many, and compares the events. */
function session(
  bytes: Uint8Array,
  answers: boolean,
  make: (handler: LifecycleHandler) => Http2Connection<Life>,
): void {
  const pieces: ((random: Random) => number)[] = [() => bytes.length, () => 1, (r) => 1 + r(100)];
  const told = pieces.map((piece) => {
    const handler = new LifecycleHandler(answers);
    feed(make(handler), handler, bytes, piece);
    return handler.events.join("\n");
  });
  assert.equal(told[1], told[0]);
  assert.equal(told[2], told[0]);
}

const server: FuzzTarget = {
  name: "server_connection",
  seeds: () => [clientSession()],
  generate: frameSoup,
  run: (bytes) => session(bytes, true, (handler) => createServerConnection(CONFIG, handler, 0)),
};

const client: FuzzTarget = {
  name: "client_connection",
  seeds: () => [serverSession()],
  generate: (random) => frameSoup(random).subarray(CLIENT_PREFACE.length),
  run: (bytes) => {
    session(bytes, false, (handler) => {
      const connection = createClientConnection(CONFIG, handler, 0);
      for (let i = 0; i < 5; i++) connection.openStream(prepareHeaders(REQUEST), [], i % 2 === 0);
      return connection;
    });
  },
};

/** All targets: the decoders of HTTP/2, the connection in both roles, the protobuf codecs, and certificates. */
export const targets: readonly FuzzTarget[] = [
  huffman,
  hpackDecoder,
  hpackRoundTrip,
  server,
  client,
  pipelineManifest,
  protobuf,
  subjectNames,
];

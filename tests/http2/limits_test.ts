/** Limits of sizes, counts and rates: each has a test that exceeds it. @module */
import assert from "node:assert/strict";
import {
  DEFAULT_LIMITS,
  type LimitName,
  type Limits,
  prepareHeaders,
} from "../../src/http2/mod.ts";
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
  SETTINGS_ACK,
  uint32,
  windowUpdate,
} from "./_frames.ts";
import { client, freshServer, limitOf, server } from "./_recorder.ts";

const TRAILERS = prepareHeaders(["grpc-status", "0"]);
const PING = frame(FrameType.PING, 0, 0, new Uint8Array(8));

/** Limits that other files test, or that a peer cannot exceed. */
const ELSEWHERE: readonly LimitName[] = [
  // Timeouts: timeouts_test.ts.
  "frameTimeout",
  "handshakeTimeout",
  "settingsTimeout",
  "stallTimeout",
  // The error is FRAME_SIZE_ERROR: protocol_errors_test.ts.
  "maxFrameSize",
  // Sizes of tables: hpack_decoder_test.ts, hpack_encoder_test.ts.
  "maxDecoderTableSize",
  "maxEncoderTableSize",
  // Back-pressure: flow_control_test.ts, receive_flow_control_test.ts.
  "outputHighWater",
  "maxSendFrameSize",
  "streamHighWater",
  "maxReceiveWindow",
];
const tested = new Set<LimitName>(ELSEWHERE);

/** Declares a test that exceeding a limit, set to a small value, ends a server's connection with ENHANCE_YOUR_CALM. */
function floods(
  limit: LimitName,
  value: Limits[LimitName],
  cve: string,
  attack: (round: number) => Uint8Array,
  allowed: number,
): void {
  tested.add(limit);
  Deno.test(`${cve} ends the connection for ${limit}`, () => {
    const { connection, exchange, recorder } = server({ limits: { [limit]: value } });
    exchange(headers(1, REQUEST, 0));
    recorder.onRequest = (stream) => stream.sendHeaders(TRAILERS, [], true);
    let rounds = 0;
    while (!connection.closed && rounds < 10_000) exchange(attack(rounds++));
    assert.equal(rounds, allowed + 1);
    assert.equal(recorder.take().at(-1), `end ENHANCE_YOUR_CALM ${limit}`);
  });
}

const five = { burst: 5, perSecond: 1 };

floods(
  "resets",
  five,
  "Rapid reset (CVE-2023-44487)",
  (round) => join(headers(3 + 2 * round, REQUEST, 0), rstStream(3 + 2 * round, 8)),
  5,
);
floods(
  "provokedResets",
  five,
  "MadeYouReset (CVE-2025-8671) by WINDOW_UPDATE 0",
  (round) => join(headers(3 + 2 * round, REQUEST, 0), windowUpdate(3 + 2 * round, 0)),
  5,
);
floods(
  "provokedResets",
  five,
  "MadeYouReset (CVE-2025-8671) by a malformed request",
  (round) => headers(3 + 2 * round, ["x", "y"]),
  5,
);
floods("pings", five, "A flood of PING (CVE-2019-9512)", () => PING, 5);
floods(
  "pings",
  five,
  "A flood of answers to PINGs never sent",
  () => frame(FrameType.PING, FrameFlag.ACK, 0, new Uint8Array(8)),
  5,
);
// The handshake has taken two tokens.
floods("settings", five, "A flood of SETTINGS (CVE-2019-9515)", () => settings(), 3);
floods("settings", five, "A flood of SETTINGS acknowledgments", () => SETTINGS_ACK, 3);
floods(
  "priorities",
  five,
  "A flood of PRIORITY (CVE-2019-9513)",
  () => frame(FrameType.PRIORITY, 0, 1, new Uint8Array(5)),
  5,
);
floods(
  "windowUpdates",
  five,
  "A flood of WINDOW_UPDATE (CVE-2019-9511, CVE-2019-9517)",
  () => windowUpdate(0, 1),
  5,
);
floods("emptyFrames", five, "A flood of empty DATA (CVE-2019-9518)", () => data(1, 0), 5);
floods(
  "emptyFrames",
  five,
  "A flood of padding",
  () => frame(FrameType.DATA, FrameFlag.PADDED, 1, [3, 0, 0, 0]),
  5,
);
floods(
  "emptyFrames",
  five,
  "A flood of empty header blocks (CVE-2019-9518)",
  (round) => round === 0 ? frame(FrameType.HEADERS, 0, 3) : frame(FrameType.CONTINUATION, 0, 3),
  5,
);
floods("strayFrames", five, "A flood of unknown frames", () => frame(0xfa, 0, 0), 5);
floods(
  "strayFrames",
  five,
  "A flood of GOAWAY",
  () => frame(FrameType.GOAWAY, 0, 0, new Uint8Array(8)),
  5,
);
floods(
  "refusals",
  five,
  "A flood of streams over the limit",
  (round) => headers(3 + 2 * round, ["x", "y"]) && headers(3 + 2 * round, REQUEST, 0),
  DEFAULT_LIMITS.maxConcurrentStreams - 1 + 5,
);
floods(
  "maxSettingsEntries",
  4,
  "SETTINGS full of parameters (CVE-2020-11080)",
  () => settings(...Array.from({ length: 5 }, () => [99, 1] as const)),
  0,
);
floods(
  "maxContinuations",
  3,
  "CONTINUATION without end (CVE-2024-27316)",
  (round) =>
    round === 0
      ? frame(FrameType.HEADERS, 0, 3, block(REQUEST))
      : frame(FrameType.CONTINUATION, 0, 3, [0x82]),
  4,
);
floods(
  "maxHeaderBlockSize",
  100,
  "A header block without end (CVE-2024-27316)",
  (round) =>
    frame(
      round === 0 ? FrameType.HEADERS : FrameType.CONTINUATION,
      0,
      3,
      new Uint8Array(40).fill(0x82),
    ),
  2,
);

Deno.test("streams over `maxConcurrentStreams` are refused with REFUSED_STREAM", () => {
  tested.add("maxConcurrentStreams");
  const { exchange, recorder } = server({ limits: { maxConcurrentStreams: 2 } });
  exchange([headers(1, REQUEST, 0), headers(3, REQUEST, 0)]);
  assert.deepEqual(exchange(headers(5)), ["RST_STREAM 5 REFUSED_STREAM"]);
  exchange([rstStream(1, 8), headers(7)]);
  assert.equal(recorder.take().at(-1), "headers 7 /a/b end");
});

Deno.test("a header list over `maxHeaderListSize` ends its stream, and the table is kept in step", () => {
  tested.add("maxHeaderListSize");
  const { exchange, recorder } = server({ limits: { maxHeaderListSize: 450 } });
  // An HPACK bomb: an entry of 200 octets, indexed, and references to it.
  const entry = [0x40, 1, 0x61, 0x7f, 200 - 127 + 0x80, 0x00].with(4, 73);
  const bomb = [...block(REQUEST), ...entry.slice(0, 5), ...new Array(200).fill(0x62)];
  const send = (id: number, bytes: readonly number[]) =>
    exchange(frame(FrameType.HEADERS, FrameFlag.END_HEADERS | FrameFlag.END_STREAM, id, bytes));
  assert.deepEqual(send(1, [...bomb, ...new Array(50).fill(0xbe)]), [
    "RST_STREAM 1 ENHANCE_YOUR_CALM",
  ]);
  assert.deepEqual(recorder.take(), []);
  assert.deepEqual(send(3, [...block(REQUEST), 0xbe]), []);
  assert.equal(recorder.lists[0].get("a"), "b".repeat(200));
});

Deno.test("a table size below the default applies from the acknowledgment on, after a size update", () => {
  const indexed = [...block(REQUEST), 0x40, 1, 0x61, 1, 0x62];
  const send = (id: number, bytes: readonly number[]) =>
    frame(FrameType.HEADERS, FrameFlag.END_HEADERS | FrameFlag.END_STREAM, id, bytes);
  for (const [prefix, last] of [[[0x20], "a"], [[], "end COMPRESSION_ERROR"]] as const) {
    const { exchange, recorder } = freshServer({ limits: { maxDecoderTableSize: 0 } });
    exchange([CLIENT_PREFACE, settings(), send(1, indexed), send(3, [...block(REQUEST), 0xbe])]);
    assert.equal(recorder.lists[1].get("a"), "b");
    exchange([SETTINGS_ACK, send(5, [...prefix, ...indexed])]);
    const heard = recorder.take().at(-1)!;
    assert.equal(heard.startsWith("end") ? heard : recorder.lists[2].fields.at(-1)!.name, last);
  }
});

Deno.test("a table size below the default needs a size update in the very first block, too", () => {
  for (
    const [prefix, last] of [[[0x20], "headers 1 /a/b"], [[], "end COMPRESSION_ERROR"]] as const
  ) {
    const { exchange, recorder } = server({ limits: { maxDecoderTableSize: 0 } });
    exchange(frame(FrameType.HEADERS, FrameFlag.END_HEADERS, 1, [...prefix, ...block(REQUEST)]));
    assert.equal(recorder.take().at(-1), last);
  }
});

Deno.test("trailers over `maxHeaderListSize` end the stream", () => {
  const { exchange, recorder } = server({ limits: { maxHeaderListSize: 400 } });
  exchange(headers(1, REQUEST, 0));
  assert.deepEqual(exchange(headers(1, ["a", "b".repeat(400)])), [
    "RST_STREAM 1 ENHANCE_YOUR_CALM",
  ]);
  assert.equal(recorder.take().at(-1), "closed 1");
});

Deno.test("interim responses over `maxInterimResponses` end the stream", () => {
  tested.add("maxInterimResponses");
  const { connection, exchange } = client({ limits: { maxInterimResponses: 2 } });
  connection.openStream(prepareHeaders(REQUEST));
  const interim = headers(1, [":status", "103"], 0);
  assert.deepEqual(exchange([interim, interim]), ["HEADERS 1"]);
  assert.deepEqual(exchange(interim), ["RST_STREAM 1 ENHANCE_YOUR_CALM"]);
});

Deno.test("a peer that sends and does not read exceeds `maxOutputSize` (CVE-2019-9514)", () => {
  tested.add("maxOutputSize");
  const { connection } = server({ limits: { maxOutputSize: 1_000 } });
  for (let i = 0; i < 100 && !connection.closed; i++) connection.receive(PING, 0);
  assert.equal(limitOf(connection), "maxOutputSize");
  assert.ok(connection.output.length < 1_200);
});

// Output was checked after each read, and one read of 128 KiB brought 9,000 requests of 14 bytes, each
// answered with headers that repeated a path of 4 KB: 38 MB of output.
Deno.test("`maxOutputSize` is checked before each frame, not after each read", () => {
  const { connection } = server({
    limits: { maxOutputSize: 1_000, pings: { burst: 1e9, perSecond: 1 } },
  });
  connection.receive(join(...Array.from({ length: 8_000 }, () => PING)), 0);
  assert.equal(limitOf(connection), "maxOutputSize");
  assert.ok(connection.output.length < 1_200);
});

Deno.test("answers to thousands of requests in one read wait in their streams, and take little memory", () => {
  const { connection, recorder } = server({
    limits: { maxConcurrentStreams: 100, refusals: { burst: 1e9, perSecond: 1 } },
  });
  const fields = ["grpc-message", "x".repeat(8_000)];
  recorder.onRequest = (stream) => stream.sendHeaders(TRAILERS, fields, true);
  connection.receive(join(...Array.from({ length: 9_000 }, (_, i) => headers(2 * i + 1))), 0);
  assert.equal(connection.closed, false);
  assert.ok(connection.streamCount <= 100);
  assert.ok(connection.unsentBytes < 2_000_000, `${connection.unsentBytes}`);
});

// 20 answers of 4 MiB were more than `maxQueuedBytes`: the connection ended, and 19 calls with it.
Deno.test("`sendData()` over `maxQueuedBytes` throws, and leaves its stream and the others as they were", () => {
  tested.add("maxQueuedBytes");
  const { connection, exchange, recorder, sent } = server({ limits: { maxQueuedBytes: 10_000 } });
  exchange([settings([4, 0]), headers(1), headers(3), headers(5)]);
  const [first, second, third] = recorder.streams;
  for (const stream of [first, second]) stream.sendData(new Uint8Array(4_000), true);
  assert.throws(
    () => third.sendData(new Uint8Array(4_000), true),
    { code: "ENHANCE_YOUR_CALM", limit: "maxQueuedBytes", scope: { kind: "stream", streamId: 5 } },
  );
  third.sendHeaders(TRAILERS, ["grpc-message", "full"], true);
  assert.deepEqual(sent(), ["HEADERS 5 end"]);
  assert.deepEqual(exchange(settings([4, 65_535])), [
    "SETTINGS ack",
    "DATA 1 end 4000",
    "DATA 3 end 4000",
  ]);
  assert.equal(connection.queuedBytes, 0);
  assert.equal(connection.closed, false);
});

Deno.test("`ping()` returns false over `maxPendingPings`", () => {
  tested.add("maxPendingPings");
  const { connection } = server({ limits: { maxPendingPings: 2 } });
  assert.deepEqual([1, 2, 3].map(() => connection.ping(() => {})), [true, true, false]);
});

Deno.test("each stream that ends normally allows one more reset", () => {
  const { connection, exchange, recorder } = server({ limits: { resets: five } });
  recorder.onRequest = (stream) => {
    if (stream.id % 4 === 1) stream.sendHeaders(TRAILERS, [], true);
  };
  for (let id = 1; id < 401; id += 4) {
    exchange([headers(id), headers(id + 2), rstStream(id + 2, 8)]);
  }
  assert.equal(connection.closed, false);
});

Deno.test("each message that is sent allows more PINGs and window updates", () => {
  const { connection, exchange, recorder } = server({
    limits: { pings: five, windowUpdates: five },
  });
  exchange(headers(1));
  const [stream] = recorder.streams;
  for (let i = 0; i < 100; i++) {
    stream.sendData(new Uint8Array(100));
    exchange([PING, windowUpdate(0, 100), windowUpdate(1, 100)]);
  }
  assert.equal(connection.closed, false);
});

Deno.test("a rate refills with time", () => {
  const { connection, exchange } = server({ limits: { pings: five } });
  for (let second = 0; second < 50; second++) exchange([PING], 1_000 * second);
  assert.equal(connection.closed, false);
  for (let i = 0; i < 20; i++) exchange(PING, 50_000);
  assert.equal(connection.closed, true);
});

Deno.test("an unused rate is full, and refills once more from the connection's beginning", () => {
  const { connection, exchange } = server({ limits: { pings: five } });
  for (let i = 0; i < 2 * five.burst; i++) exchange(PING, 60_000);
  assert.equal(connection.closed, false);
  exchange(PING, 60_000);
  assert.equal(connection.closed, true);
});

Deno.test("256 octets of the debug data of GOAWAY are kept", () => {
  const { exchange, recorder } = server();
  exchange(frame(FrameType.GOAWAY, 0, 0, [
    ...uint32(0),
    ...uint32(0),
    ...new Array(10_000).fill(7),
  ]));
  assert.equal(recorder.take()[0], `goaway 0 NO_ERROR ${"?".repeat(256)}`);
});

Deno.test("every limit has its test", () => {
  const missing = Object.keys(DEFAULT_LIMITS).filter((name) => !tested.has(name as LimitName));
  assert.deepEqual(missing, []);
});

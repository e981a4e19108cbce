/** Limits and timeouts: each has a test that exceeds it. @module */
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
import { client, freshServer, type Options, server } from "./_recorder.ts";

const TRAILERS = prepareHeaders(["grpc-status", "0"]);
const PING = frame(FrameType.PING, 0, 0, new Uint8Array(8));

/** Limits that other files test, or that a peer cannot exceed. */
const ELSEWHERE: readonly LimitName[] = [
  // The error is FRAME_SIZE_ERROR: server_test.ts.
  "maxFrameSize",
  // Sizes of tables: hpack_decoder_test.ts, hpack_encoder_test.ts.
  "maxDecoderTableSize",
  "maxEncoderTableSize",
  // Back-pressure: flow_control_test.ts.
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
    assert.equal(connection.statistics.limitCrossed, limit);
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
  assert.equal(connection.statistics.limitCrossed, "maxOutputSize");
  assert.ok(connection.output.length < 1_200);
});

// Output was checked after each read, and one read of 128 KiB brought 9,000 requests of 14 bytes, each
// answered with headers that repeated a path of 4 KB: 38 MB of output.
Deno.test("`maxOutputSize` is checked before each frame, not after each read", () => {
  const { connection } = server({
    limits: { maxOutputSize: 1_000, pings: { burst: 1e9, perSecond: 1 } },
  });
  connection.receive(join(...Array.from({ length: 8_000 }, () => PING)), 0);
  assert.equal(connection.statistics.limitCrossed, "maxOutputSize");
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

/** Frames of a slow peer, the limit that it exceeds after 1,001 ms, and the error code. */
const SLOW: readonly [limit: LimitName, what: string, frames: Uint8Array, code: string][] = [
  [
    "frameTimeout",
    "a frame that is not completed",
    data(1, 9).subarray(0, 12),
    "ENHANCE_YOUR_CALM",
  ],
  [
    "frameTimeout",
    "a frame header that is not completed",
    data(1, 9).subarray(0, 3),
    "ENHANCE_YOUR_CALM",
  ],
  [
    "frameTimeout",
    "a header block that is not completed",
    frame(FrameType.HEADERS, 0, 3, block(REQUEST)),
    "ENHANCE_YOUR_CALM",
  ],
];

for (const [limit, what, frames, code] of SLOW) {
  tested.add(limit);
  Deno.test(`${what} ends the connection after ${limit}`, () => {
    const { connection, exchange, recorder } = server({ limits: { [limit]: 1_000 } });
    exchange(headers(1, REQUEST, 0), 5);
    exchange(frames, 10);
    connection.tick(1_010);
    assert.equal(connection.closed, false);
    connection.tick(1_011);
    assert.equal(recorder.take().at(-1), `end ${code} ${limit}`);
  });
}

Deno.test("frames that are completed late, one after the other, are no error", () => {
  const { connection, exchange } = server({ limits: { frameTimeout: 1_000 } });
  exchange(headers(1, REQUEST, 0));
  const frames = join(...Array.from({ length: 10 }, () => data(1, 11)));
  for (let i = 0; i < 9; i++) {
    exchange(frames.subarray(20 * i, 20 * i + 21).subarray(i === 0 ? 0 : 1), 900 * i);
    connection.tick(900 * i + 899);
  }
  assert.equal(connection.closed, false);
});

Deno.test("CONTINUATION frames do not postpone `frameTimeout`", () => {
  const { connection, exchange } = server({ limits: { frameTimeout: 1_000 } });
  exchange(frame(FrameType.HEADERS, 0, 1, block(REQUEST)), 0);
  exchange(frame(FrameType.CONTINUATION, 0, 1, [0x82]), 900);
  connection.tick(1_001);
  assert.equal(connection.statistics.limitCrossed, "frameTimeout");
});

Deno.test("a peer that sends no preface is ended after `handshakeTimeout`", () => {
  tested.add("handshakeTimeout");
  const options: Options = { limits: { handshakeTimeout: 1_000 } };
  for (const begun of [new Uint8Array(), CLIENT_PREFACE, CLIENT_PREFACE.subarray(0, 5)]) {
    const { connection, exchange } = freshServer(options);
    exchange(begun, 500);
    connection.tick(1_000);
    assert.equal(connection.closed, false);
    connection.tick(1_001);
    assert.equal(connection.statistics.limitCrossed, "handshakeTimeout");
  }
});

Deno.test("SETTINGS without an acknowledgment end with SETTINGS_TIMEOUT", () => {
  tested.add("settingsTimeout");
  const { connection, exchange, recorder } = freshServer({ limits: { settingsTimeout: 1_000 } });
  exchange([CLIENT_PREFACE, settings()]);
  connection.tick(1_001);
  assert.equal(recorder.take().at(-1), "end SETTINGS_TIMEOUT settingsTimeout");
});

Deno.test("a stream whose window stays closed is reset after `stallTimeout` (CVE-2019-9511)", () => {
  tested.add("stallTimeout");
  const { connection, exchange, recorder, sent } = server({ limits: { stallTimeout: 1_000 } });
  exchange([settings([4, 0]), headers(1), headers(3)]);
  const [stalls, moves] = recorder.streams;
  for (const stream of [stalls, moves]) stream.sendData(new Uint8Array(2_000));
  connection.tick(500);
  // Sending the whole queue is progress; a byte or a PING is none.
  exchange([windowUpdate(1, 1), windowUpdate(3, 2_000), PING], 600);
  moves.sendData(new Uint8Array(2_000));
  connection.tick(1_500);
  assert.deepEqual(sent(), []);
  connection.tick(1_501);
  assert.deepEqual(sent(), ["RST_STREAM 1 ENHANCE_YOUR_CALM"]);
  assert.deepEqual(recorder.take().slice(-2), ["reset 1 ENHANCE_YOUR_CALM stalled", "closed 1"]);
  assert.equal(connection.closed, false);
  connection.tick(2_501);
  assert.deepEqual(sent(), ["RST_STREAM 3 ENHANCE_YOUR_CALM"]);
});

// Any DATA counted as progress: with a call of a few bytes every 59 s a connection kept 16 MB of answers
// in memory without end.
for (
  const [what, settingsOf] of [
    ["its streams' windows", [settings([4, 8])]],
    ["its own window", [settings([4, 2 ** 30])]],
  ] as const
) {
  Deno.test(`a small call now and then is no progress of answers that wait for ${what}`, () => {
    const { connection, exchange, recorder } = server({ limits: { stallTimeout: 60_000 } });
    exchange([...settingsOf]);
    for (let i = 0; i < 16; i++) exchange(headers(2 * i + 1));
    for (const stream of recorder.streams) stream.sendData(new Uint8Array(1_000_000), true);
    let now = 0;
    for (let id = 33; connection.queuedBytes > 0 && now < 300_000; now += 1_000) {
      connection.tick(now);
      if (now % 20_000 !== 0) continue;
      exchange([windowUpdate(0, 8), headers(id)], now);
      recorder.streams.at(-1)?.sendData(new Uint8Array(5), true);
      connection.sent(connection.output.length, now);
      id += 2;
    }
    assert.ok(now >= 60_000 && now <= 63_000, `${now}`);
  });
}

Deno.test("answers that are read slowly do not stall: an eighth of them in each period", () => {
  const { connection, exchange, recorder } = server({ limits: { stallTimeout: 60_000 } });
  exchange([settings([4, 2 ** 30]), headers(1)]);
  recorder.streams[0].sendData(new Uint8Array(16_000_000), true);
  let now = 0;
  for (; connection.queuedBytes > 0 && now < 1e6; now += 1_000) {
    connection.tick(now);
    exchange(windowUpdate(0, 40_000), now);
  }
  assert.equal(connection.closed, false);
  assert.ok(now > 300_000 && now < 500_000);
});

Deno.test("output that the transport does not take ends the connection after `stallTimeout`", () => {
  const { connection } = server({ limits: { stallTimeout: 1_000 } });
  connection.receive(PING, 0);
  connection.tick(900);
  connection.sent(1, 950);
  connection.tick(1_900);
  assert.equal(connection.closed, false);
  connection.tick(1_951);
  assert.equal(connection.statistics.limitCrossed, "stallTimeout");
});

Deno.test("an idle connection has no timeout", () => {
  const { connection } = server();
  for (let now = 0; now < 10_000_000; now += 100_000) connection.tick(now);
  assert.equal(connection.closed, false);
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

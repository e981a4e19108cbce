/** Timeouts of a connection: each has a test that exceeds it. @module */
import assert from "node:assert/strict";
import {
  block,
  CLIENT_PREFACE,
  data,
  frame,
  FrameType,
  headers,
  join,
  REQUEST,
  settings,
  windowUpdate,
} from "./_frames.ts";
import { freshServer, limitOf, type Options, server } from "./_recorder.ts";

const PING = frame(FrameType.PING, 0, 0, new Uint8Array(8));

/** Input of a slow peer by its description. */
const INCOMPLETE: Readonly<Record<string, Uint8Array>> = {
  "a frame that is not completed": data(1, 9).subarray(0, 12),
  "a frame header that is not completed": data(1, 9).subarray(0, 3),
  "a header block that is not completed": frame(FrameType.HEADERS, 0, 3, block(REQUEST)),
};

for (const [what, input] of Object.entries(INCOMPLETE)) {
  Deno.test(`${what} ends the connection after frameTimeout`, () => {
    const { connection, exchange, recorder } = server({ limits: { frameTimeout: 1_000 } });
    exchange(headers(1, REQUEST, 0), 5);
    exchange(input, 10);
    connection.tick(1_010);
    assert.equal(connection.closed, false);
    connection.tick(1_011);
    assert.equal(recorder.take().at(-1), "end ENHANCE_YOUR_CALM frameTimeout");
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
  assert.equal(limitOf(connection), "frameTimeout");
});

Deno.test("a peer that sends no preface is ended after `handshakeTimeout`", () => {
  const options: Options = { limits: { handshakeTimeout: 1_000 } };
  for (const begun of [new Uint8Array(), CLIENT_PREFACE, CLIENT_PREFACE.subarray(0, 5)]) {
    const { connection, exchange } = freshServer(options);
    exchange(begun, 500);
    connection.tick(1_000);
    assert.equal(connection.closed, false);
    connection.tick(1_001);
    assert.equal(limitOf(connection), "handshakeTimeout");
  }
});

Deno.test("SETTINGS without an acknowledgment end with SETTINGS_TIMEOUT", () => {
  const { connection, exchange, recorder } = freshServer({ limits: { settingsTimeout: 1_000 } });
  exchange([CLIENT_PREFACE, settings()]);
  connection.tick(1_001);
  assert.equal(recorder.take().at(-1), "end SETTINGS_TIMEOUT settingsTimeout");
});

Deno.test("a stream whose window stays closed is reset after `stallTimeout` (CVE-2019-9511)", () => {
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
  assert.equal(limitOf(connection), "stallTimeout");
});

Deno.test("an idle connection has no timeout", () => {
  const { connection } = server();
  for (let now = 0; now < 10_000_000; now += 100_000) connection.tick(now);
  assert.equal(connection.closed, false);
});

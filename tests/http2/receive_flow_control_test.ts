/** Flow control of received DATA: windows, credit and adaptive windows. @module */
import assert from "node:assert/strict";
import {
  CLIENT_PREFACE,
  data,
  FrameFlag,
  headers,
  REQUEST,
  rstStream,
  settings,
  SETTINGS_ACK,
} from "./_frames.ts";
import { freshServer, server } from "./_recorder.ts";

const FIXED = { adaptive: false };

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

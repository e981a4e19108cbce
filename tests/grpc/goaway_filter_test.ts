import assert from "node:assert/strict";
import { GoawayFilter } from "../../src/grpc/grpcjs/_goaway_filter.ts";

const preface = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

function frame(type: number, payload: readonly number[]): number[] {
  return [0, payload.length >> 8, payload.length & 0xff, type, 0, 0, 0, 0, 1, ...payload];
}

const data = frame(0x0, [1, 2, 3]);
const settings = frame(0x4, []);
const goaway = frame(0x7, [0, 0, 0, 0, 0, 0, 0, 0]);
const sent = Uint8Array.from([
  ...preface,
  ...settings,
  ...goaway,
  ...data,
  ...goaway,
  ...goaway,
  ...data,
]);
const wanted = [...preface, ...settings, ...data, ...data];

function filtered(chunks: Iterable<Uint8Array>): number[] {
  const filter = new GoawayFilter();
  return [...chunks].flatMap((chunk) => [...filter.filter(chunk)].flatMap((piece) => [...piece]));
}

Deno.test("`filter()` takes out GOAWAY frames and nothing else", () => {
  assert.deepEqual(filtered([sent]), wanted);
});

Deno.test("`filter()` gives the same bytes wherever the chunks are cut", () => {
  for (let cut = 1; cut < sent.length; cut++) {
    assert.deepEqual(
      filtered([sent.subarray(0, cut), sent.subarray(cut)]),
      wanted,
      `cut at ${cut}`,
    );
  }
  assert.deepEqual(filtered([...sent].map((byte) => Uint8Array.of(byte))), wanted);
});

Deno.test("`filter()` passes a chunk without GOAWAY as it is", () => {
  const filter = new GoawayFilter();
  const chunk = Uint8Array.from([...preface, ...settings, ...data]);
  const pieces = [...filter.filter(chunk)];
  assert.equal(pieces.length, 1);
  assert.equal(pieces[0].buffer, chunk.buffer);
});

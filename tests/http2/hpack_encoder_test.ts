/** The HPACK encoder: prepared lists, secrets, and table sizes. @module */
import assert from "node:assert/strict";
import {
  type HeaderField,
  HpackDecoder,
  HpackEncoder,
  PreparedHeaders,
} from "../../src/http2/hpack/mod.ts";
import { OutputBuffer } from "../../src/http2/output_buffer.ts";
import { generator } from "./_random.ts";

function encode(encoder: HpackEncoder, headers: PreparedHeaders, extra: string[] = []) {
  const output = new OutputBuffer();
  encoder.encode(headers, extra, output);
  const bytes = output.view().slice();
  output.clear();
  return bytes;
}

function decode(decoder: HpackDecoder, bytes: Uint8Array): HeaderField[] {
  const fields: HeaderField[] = [];
  decoder.decode(bytes, 0, bytes.length, fields, Infinity);
  return fields;
}

const flat = (fields: readonly HeaderField[]) => fields.flatMap(({ name, value }) => [name, value]);

const RESPONSE = [":status", "200", "content-type", "application/grpc"];

Deno.test("a prepared list becomes a few octets from the second time on", () => {
  const encoder = new HpackEncoder(4_096);
  const headers = new PreparedHeaders(RESPONSE);
  const first = encode(encoder, headers);
  assert.ok(first.length > 10);
  for (let i = 0; i < 3; i++) assert.deepEqual([...encode(encoder, headers)], [0x88, 0xbe]);
});

Deno.test("prepared lists stay valid beside each other and with extra fields", () => {
  const encoder = new HpackEncoder(4_096);
  const decoder = new HpackDecoder(4_096);
  const lists = [RESPONSE, ["grpc-status", "0"], [...RESPONSE, "server", "é\xff"]];
  const prepared = lists.map((fields) => new PreparedHeaders(fields));
  const random = generator(3);
  for (let round = 0; round < 300; round++) {
    const i = random(lists.length);
    const extra = random(2) === 0 ? [] : ["x-count", String(round), "user-agent", "a"];
    const bytes = encode(encoder, prepared[i], extra);
    assert.deepEqual(flat(decode(decoder, bytes)), [...lists[i], ...extra]);
  }
});

Deno.test("a full table does not change: no entry is evicted for a new field", () => {
  const encoder = new HpackEncoder(100);
  const decoder = new HpackDecoder(4_096);
  for (let i = 0; i < 50; i++) {
    const headers = new PreparedHeaders(["x-name", `value ${i}`]);
    assert.deepEqual(flat(decode(decoder, encode(encoder, headers))), ["x-name", `value ${i}`]);
    assert.ok(encoder.tableSize <= 100);
  }
  assert.equal(encode(encoder, new PreparedHeaders(["x-name", "value 0"])).at(-1), 0xbf);
});

Deno.test("secrets are never indexed, in prepared lists and in extra fields", () => {
  const encoder = new HpackEncoder(4_096);
  const decoder = new HpackDecoder(4_096);
  const headers = new PreparedHeaders(["authorization", "secret"]);
  const fields = decode(decoder, encode(encoder, headers, ["cookie", "a=b"]));
  assert.deepEqual(fields.map(({ sensitive }) => sensitive), [true, true]);
  assert.equal(encoder.tableSize, 0);
});

Deno.test("size updates announce the smallest table size first, then the present one (RFC 7541 section 4.2)", () => {
  const encoder = new HpackEncoder(4_096);
  const decoder = new HpackDecoder(4_096);
  const headers = new PreparedHeaders(RESPONSE);
  decode(decoder, encode(encoder, headers));
  encoder.setTableSize(0);
  encoder.setTableSize(128);
  const bytes = encode(encoder, headers);
  assert.deepEqual([...bytes.subarray(0, 3)], [0x20, 0x3f, 0x61]);
  assert.deepEqual(flat(decode(decoder, bytes)), RESPONSE);
  assert.deepEqual(flat(decode(decoder, encode(encoder, headers))), RESPONSE);
});

Deno.test("a peer without a table gets literals", () => {
  const encoder = new HpackEncoder(4_096);
  encoder.setTableSize(0);
  const headers = new PreparedHeaders(RESPONSE);
  encode(encoder, headers);
  assert.deepEqual(encode(encoder, headers), encode(encoder, headers));
  assert.deepEqual(flat(decode(new HpackDecoder(0), encode(encoder, headers))), RESPONSE);
  assert.equal(encoder.tableSize, 0);
});

Deno.test("extra fields that are repeated give the same octets, also after other ones and a new table size", () => {
  const encoder = new HpackEncoder(4_096);
  const decoder = new HpackDecoder(4_096);
  const headers = new PreparedHeaders(RESPONSE);
  const timeout = ["grpc-timeout", "20S", "authorization", "Bearer x"];
  const others = [
    timeout,
    timeout,
    timeout,
    ["x-other", "1"],
    timeout,
    timeout,
    [...timeout],
    timeout,
  ];
  for (const [i, extra] of others.entries()) {
    if (i === 5) encoder.setTableSize(0);
    const fields = decode(decoder, encode(encoder, headers, extra));
    assert.deepEqual(flat(fields), [...RESPONSE, ...extra]);
    assert.equal(fields.find(({ name }) => name === "authorization")?.sensitive ?? true, true);
  }
});

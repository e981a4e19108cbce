import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { StatusCode, type StatusName } from "../../../src/grpc/contract/status.ts";
import { compress, decompress } from "../../../src/grpc/native/compression.ts";

function assertStatus(run: () => void, status: StatusName): void {
  assert.throws(run, (error: { code: number }) => error.code === StatusCode[status]);
}

Deno.test("A message comes back as it was compressed", () => {
  const message = Uint8Array.from({ length: 5_000 }, (_, i) => i % 7);
  assert.deepEqual(Uint8Array.from(decompress(compress(message), "gzip", 5_000)), message);
  assert.equal(decompress(compress(new Uint8Array(0)), "gzip", 10).length, 0);
});

Deno.test("A few bytes that claim to be very many are inflated no further than the limit", () => {
  const bomb = gzipSync(new Uint8Array(1 << 26));
  assert.ok(bomb.length < 1 << 17);
  assertStatus(() => decompress(bomb, "gzip", 1 << 20), "RESOURCE_EXHAUSTED");
});

Deno.test("A compressed message needs an encoding that is spoken, and is to be whole", () => {
  const message = compress(Uint8Array.of(1, 2, 3));
  assertStatus(() => decompress(message, undefined, 100), "INTERNAL");
  assertStatus(() => decompress(message, "identity", 100), "INTERNAL");
  assertStatus(() => decompress(message, "br", 100), "UNIMPLEMENTED");
  assertStatus(() => decompress(message.subarray(0, 10), "gzip", 100), "INTERNAL");
  assertStatus(() => decompress(Uint8Array.of(1, 2, 3), "gzip", 100), "INTERNAL");
});

import assert from "node:assert/strict";
import { encodeEntry, encodeTrailer, padding } from "../../scripts/guest_vm/cpio.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The thirteen numbers of an entry's header. */
function numbers(bytes: Uint8Array): number[] {
  const digits = text(bytes.subarray(6, 110)).match(/.{8}/g);
  return digits!.map((eight) => parseInt(eight, 16));
}

Deno.test("`encodeEntry()` writes a file's header in newc format, padded to four", () => {
  const bytes = encodeEntry({ kind: "file", path: "bin/sh", mode: 0o755, size: 5 }, 7);
  assert.equal(text(bytes.subarray(0, 6)), "070701");
  assert.deepEqual(numbers(bytes), [7, 0o100755, 0, 0, 1, 0, 5, 0, 0, 0, 0, 7, 0]);
  assert.equal(text(bytes.subarray(110)), "bin/sh\0\0\0\0");
  assert.equal(bytes.length % 4, 0);
});

Deno.test("`encodeEntry()` puts a link's target after its name, each padded", () => {
  const bytes = encodeEntry({ kind: "symlink", path: "lib", target: "usr/lib" }, 1);
  assert.deepEqual(numbers(bytes).slice(1, 2), [0o120755]);
  assert.equal(numbers(bytes)[6], "usr/lib".length);
  assert.equal(text(bytes.subarray(110)), "lib\0\0\0usr/lib\0");
});

Deno.test("`encodeEntry()` drops the file type bits of `mode`", () => {
  const bytes = encodeEntry({ kind: "file", path: "a", mode: 0o100644, size: 0 }, 1);
  assert.equal(numbers(bytes)[1], 0o100644);
});

Deno.test("`encodeEntry()` counts a name in bytes, not in characters", () => {
  assert.equal(numbers(encodeEntry({ kind: "directory", path: "é" }, 1))[11], 3);
});

Deno.test("`encodeEntry()` rejects a size of more than eight digits", () => {
  const entry = { kind: "file", path: "big", mode: 0, size: 2 ** 32 } as const;
  assert.throws(() => encodeEntry(entry, 1), /Cannot archive big: 4294967296 bytes/);
});

Deno.test("`encodeTrailer()` and `padding()` keep the archive aligned to four", () => {
  assert.equal(text(encodeTrailer().subarray(110, 121)), "TRAILER!!!\0");
  assert.equal(encodeTrailer().length % 4, 0);
  assert.deepEqual([0, 1, 2, 3, 4].map((size) => padding(size).length), [0, 3, 2, 1, 0]);
});

Deno.test("`encodeEntry()` writes a character device with its numbers", () => {
  const entry = { kind: "character device", path: "dev/console", mode: 0o600, major: 5, minor: 1 };
  const found = numbers(encodeEntry({ ...entry, kind: "character device" }, 1));
  assert.deepEqual(found.slice(1, 2), [0o020600]);
  assert.deepEqual(found.slice(9, 11), [5, 1]);
});

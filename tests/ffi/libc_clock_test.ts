/** The clocks of libc. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { libc }] = await gate(["ffi", "read"], () => import("../../src/ffi/mod.ts"));

// Opened here, because a library stays loaded: a test that opened it would report a leak.
libc?.isSupported();

test("`now()` is the time of `performance.now()`, and does not run back", () => {
  let last = libc.now();
  for (let i = 0; i < 1_000; i++) {
    const before = performance.now();
    const now = libc.now();
    const after = performance.now();
    assert.ok(now >= last && now > before - 0.5 && now < after + 0.5, `${before} ${now} ${after}`);
    last = now;
  }
});

test("`threadCpuMs()` counts the time in which the thread runs, and not that in which it waits", () => {
  const before = libc.threadCpuMs();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  assert.ok(libc.threadCpuMs() - before < 50);
  const began = libc.threadCpuMs();
  for (let turns = 0; libc.threadCpuMs() - began < 5 && turns < 1e7; turns++);
  assert.ok(libc.threadCpuMs() - began >= 5);
});

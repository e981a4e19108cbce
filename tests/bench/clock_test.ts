/** The clock that the threads of a load share. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { libc, now }] = await gate(["ffi", "read", "sys"], async () => ({
  ...await import("../../src/bench/load/clock.ts"),
  ...await import("../../src/ffi/mod.ts"),
}));

// Opened here, because a library stays loaded: a test that opened it would report a leak.
libc?.isSupported();

test("the shared clock is that of the machine, however wrong a thread's origin of time is", () => {
  // A thread that is interrupted between its two clocks takes a time for its origin that is too early.
  const origin = Object.getOwnPropertyDescriptor(performance, "timeOrigin");
  Object.defineProperty(performance, "timeOrigin", {
    value: performance.timeOrigin - 10,
    configurable: true,
  });
  try {
    const before = libc.monotonicMs();
    const shared = now();
    const after = libc.monotonicMs();
    assert.ok(
      shared > before - 1 && shared < after + 1,
      `${shared}, between ${before} and ${after}`,
    );
  } finally {
    if (origin === undefined) Reflect.deleteProperty(performance, "timeOrigin");
    else Object.defineProperty(performance, "timeOrigin", origin);
  }
});

import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, libc] = await gate(["ffi"], async () => {
  const libc = await import("../../src/ffi/libc/mod.ts");
  // Opened outside of any test, for it stays open.
  assert.ok(libc.isSupported());
  return libc;
});

const [testWithFiles] = await gate(["ffi", "read", "write"], () => Promise.resolve({}));

test("`readSmallFile()` reads files of /proc, and returns undefined for missing ones", () => {
  const stat = libc.readSmallFile(`/proc/${Deno.pid}/stat`);
  assert.ok(stat!.startsWith(`${Deno.pid} (`));
  assert.equal(libc.readSmallFile("/proc/0/stat"), undefined);
  assert.equal(libc.readSmallFile("/proc"), undefined);
});

testWithFiles("`countEntries()` counts the entries of a folder one by one", async () => {
  // Not the descriptors of this process: concurrent tests open and close theirs.
  const folder = await Deno.makeTempDir();
  try {
    for (let count = 0; count < 3; count++) {
      assert.equal(libc.countEntries(folder), count);
      await Deno.writeTextFile(`${folder}/${count}`, "");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.equal(libc.countEntries(folder), undefined);
  assert.ok(libc.countEntries("/proc/self/fd")! > 2);
});

test("`processStartTicks()` is the same by process number, and undefined for a missing process", () => {
  const own = libc.processStartTicks("self");
  assert.ok(own! > 0);
  assert.equal(libc.processStartTicks(Deno.pid), own);
  assert.equal(libc.processStartTicks(0), undefined);
});

test("`statField()` skips a process name with spaces and parentheses", () => {
  const fields = Array.from({ length: 50 }, (_, i) => i + 3);
  assert.equal(libc.statField(`7 (a) 1 (b) ) ${fields.join(" ")}\n`, 22), 22);
});

test("`processCpuSeconds()` counts the CPU time of a process, finer than a clock tick of 10 ms", () => {
  const before = libc.processCpuSeconds(Deno.pid)!;
  assert.ok(before > 0);
  let turns = 0;
  // A bounded wait: each turn computes for some microseconds.
  for (; libc.processCpuSeconds(Deno.pid) === before && turns < 1e6; turns++);
  const passed = libc.processCpuSeconds(Deno.pid)! - before;
  assert.ok(passed > 0 && turns < 1e6, `${passed}`);
  assert.equal(libc.processCpuSeconds(2 ** 22), undefined);
});

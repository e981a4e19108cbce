import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, libc] = await gate(["ffi"], async () => {
  const libc = await import("../../src/ffi/libc/mod.ts");
  // Opened outside of any test, for it stays open.
  assert.ok(libc.isSupported());
  return libc;
});

test("`readSmallFile()` reads what is under /proc, and nothing of what is not there", () => {
  const stat = libc.readSmallFile(`/proc/${Deno.pid}/stat`);
  assert.ok(stat!.startsWith(`${Deno.pid} (`));
  assert.equal(libc.readSmallFile("/proc/0/stat"), undefined);
  assert.equal(libc.readSmallFile("/proc"), undefined);
});

test("`countEntries()` counts the descriptors of this process one by one", () => {
  const before = libc.countEntries("/proc/self/fd")!;
  const fd = libc.eventfd();
  assert.equal(libc.countEntries("/proc/self/fd"), before + 1);
  libc.close(fd);
  assert.equal(libc.countEntries("/proc/self/fd"), before);
  assert.equal(libc.countEntries("/proc/0/fd"), undefined);
});

test("`processStartTicks()` is the same by number, and tells of no process that is not there", () => {
  const own = libc.processStartTicks("self");
  assert.ok(own! > 0);
  assert.equal(libc.processStartTicks(Deno.pid), own);
  assert.equal(libc.processStartTicks(0), undefined);
});

test("`statField()` is not led astray by a process's name", () => {
  const fields = Array.from({ length: 50 }, (_, i) => i + 3);
  assert.equal(libc.statField(`7 (a) 1 (b) ) ${fields.join(" ")}\n`, 22), 22);
});

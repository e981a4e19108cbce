/**
 * Tests of reading errno. A plain "call, then load errno" gave ENOENT for a failed recv about once in a process's
 * life: between the call and the load, V8 took a contended lock for the first time and looked for
 * /sys/devices/system/cpu/cpu0/tsc_freq_khz, which does not exist.
 *
 * @module
 */
import assert from "node:assert/strict";
import { errno } from "../../src/ffi/libc/mod.ts";
import { errnoSet, plausible, settle } from "../../src/ffi/libc/_result.ts";
import { gate } from "../_support/gate.ts";

const [test, libc] = await gate(["ffi"], async () => {
  const libc = await import("../../src/ffi/libc/mod.ts");
  // Opened outside of any test, for it stays open.
  assert.ok(libc.isSupported());
  return libc;
});

/** Returns a call whose failures set these errnos, one after the other. */
function failing(...errnos: number[]): [call: () => number, view: Int32Array, made: () => number] {
  const view = new Int32Array(1);
  let made = 0;
  const call = () => {
    view[0] = errnos[made++];
    return view[0] === 0 ? 7 : -1;
  };
  return [call, view, () => made];
}

Deno.test("`settle()` ignores an errno that the second failure does not confirm", () => {
  const [call, view, made] = failing(errno.ENOENT, errno.EADDRINUSE, errno.EADDRINUSE);
  assert.equal(settle(call, view), -errno.EADDRINUSE);
  assert.equal(made(), 3);
});

Deno.test("`settle()` returns a success at once, also after a failure", () => {
  const [call, view, made] = failing(0);
  assert.equal(settle(call, view), 7);
  assert.equal(made(), 1);
  const [second, secondView] = failing(errno.EAGAIN, 0);
  assert.equal(settle(second, secondView), 7);
});

Deno.test("`settle()` ends even if no two errnos agree", () => {
  const [call, view, made] = failing(1, 2, 3, 4, 5, 6, 7, 8);
  assert.equal(settle(call, view), -5);
  assert.equal(made(), 5);
});

Deno.test("`plausible()` replaces an errno that the call cannot return by EINTR", () => {
  const possible = errnoSet(errno.EAGAIN, errno.ECONNRESET);
  assert.equal(plausible(errno.ECONNRESET, possible), -errno.ECONNRESET);
  assert.equal(plausible(errno.ENOENT, possible), -errno.EINTR);
  assert.equal(plausible(100_000, possible), -errno.EINTR);
});

test("errno is right over 200,000 failures during garbage collection", () => {
  const pair = new Int32Array(2);
  libc.check("socketpair", libc.socketpair(libc.AF_UNIX, libc.SOCK_STREAM, pair));
  const buffer = new Uint8Array(16);
  const wrong: string[] = [];
  let garbage: unknown[] = [];
  for (let i = 0; i < 200_000; i++) {
    const received = libc.recv(pair[0], buffer, 16);
    // EINTR stands for an errno that could not be read: the caller repeats the call.
    if (received !== -errno.EAGAIN && received !== -errno.EINTR) wrong.push(`recv ${received}`);
    const unread = libc.recv(-1, buffer, 16);
    if (unread !== -errno.EBADF && unread !== -errno.EINTR) wrong.push(`recv ${unread}`);
    const shut = i % 50 === 0 ? libc.shutdown(-1, libc.SHUT_WR) : -errno.EBADF;
    if (shut !== -errno.EBADF) wrong.push(`shutdown ${shut}`);
    garbage.push(new Uint8Array(64), { i });
    if (garbage.length > 20_000) garbage = [];
  }
  libc.close(pair[0]);
  libc.close(pair[1]);
  assert.deepEqual(wrong.slice(0, 5), []);
});

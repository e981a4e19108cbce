/** The binding of libc: calls and their errors. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, libc] = await gate(["ffi"], async () => {
  const libc = await import("../../src/ffi/libc/mod.ts");
  // Opened outside of any test, for it stays open.
  assert.ok(libc.isSupported());
  return libc;
});

function socketPair(): [number, number] & Disposable {
  const pair = new Int32Array(2);
  libc.check("socketpair", libc.socketpair(libc.AF_UNIX, libc.SOCK_STREAM, pair));
  const [a, b] = pair;
  return Object.assign([a, b] as [number, number], {
    [Symbol.dispose]() {
      libc.close(a);
      libc.close(b);
    },
  });
}

test("`send()` and `recv()` transfer bytes, and `recv()` returns 0 at the end of the stream", () => {
  using pair = socketPair();
  const buffer = new Uint8Array(8);
  assert.equal(libc.send(pair[0], new Uint8Array([1, 2, 3, 4]), 3), 3);
  assert.equal(libc.recv(pair[1], buffer, 8, libc.MSG_PEEK), 3);
  assert.equal(libc.recv(pair[1], buffer, 2), 2);
  assert.equal(libc.recv(pair[1], buffer, 8), 1);
  assert.equal(buffer[0], 3);
  assert.equal(libc.recv(pair[1], buffer, 8), -libc.errno.EAGAIN);
  assert.equal(libc.shutdown(pair[0], libc.SHUT_WR), 0);
  assert.equal(libc.recv(pair[1], buffer, 8), 0);
});

test("`send()` to a closed peer returns EPIPE, and no signal ends the process", () => {
  using pair = socketPair();
  libc.shutdown(pair[1], libc.SHUT_RDWR);
  assert.equal(libc.send(pair[0], new Uint8Array(1), 1), -libc.errno.EPIPE);
});

test("`recv()` and `send()` refuse a length beyond the buffer", () => {
  using pair = socketPair();
  assert.equal(libc.recv(pair[0], new Uint8Array(4), 5), -libc.errno.EINVAL);
  assert.equal(libc.send(pair[0], new Uint8Array(4), 5), -libc.errno.EINVAL);
});

test("`writev()` joins its chunks, an empty one too", () => {
  using pair = socketPair();
  const chunks = [new Uint8Array([1]), new Uint8Array(0), new Uint8Array([2, 3]).subarray(1)];
  assert.equal(libc.writev(pair[0], chunks), 2);
  const buffer = new Uint8Array(4);
  assert.equal(libc.recv(pair[1], buffer, 4), 2);
  assert.deepEqual([...buffer], [1, 3, 0, 0]);
});

test("`accept4()` has an errno for a closed descriptor, a socket that does not listen, and an empty backlog", () => {
  using pair = socketPair();
  assert.equal(libc.accept4(-1), -libc.errno.EBADF);
  assert.equal(libc.accept4(pair[0]), -libc.errno.EINVAL);
});

test("`peerCredentials()` of a socketpair are this process's", () => {
  using pair = socketPair();
  const credentials = libc.peerCredentials(pair[0]);
  assert.equal(typeof credentials === "object" && credentials.pid, Deno.pid);
});

test("`getsockname()` returns an unnamed Unix address, and an errno for a file", () => {
  using pair = socketPair();
  assert.deepEqual(libc.getsockname(pair[0]), { family: "unix-unnamed" });
  assert.equal(libc.getsockname(-1), -libc.errno.EBADF);
});

test("`getsockopt()` reads the type of a socket", () => {
  using pair = socketPair();
  const value = new Int32Array(1);
  assert.equal(libc.getsockopt(pair[0], libc.SOL_SOCKET, libc.SO_TYPE, value), 4);
  assert.equal(value[0], libc.SOCK_STREAM);
});

test("epoll returns the registered descriptor and generation with the readiness", () => {
  using pair = socketPair();
  const epoll = libc.check("epoll_create1", libc.epollCreate());
  const event = new libc.EpollEvents(4);
  event.set(0, libc.EPOLLIN | libc.EPOLLOUT, pair[0], -5);
  assert.equal(libc.epollAdd(epoll, pair[0], event), 0);
  assert.equal(libc.epollAdd(epoll, pair[0], event), -libc.errno.EEXIST);
  assert.equal(libc.epollWait(epoll, event, 0), 1);
  assert.deepEqual([event.events(0), event.low(0), event.high(0)], [libc.EPOLLOUT, pair[0], -5]);
  assert.equal(libc.epollDelete(epoll, pair[0]), 0);
  assert.equal(libc.epollWait(epoll, event, 0), 0);
  libc.close(epoll);
  assert.equal(libc.epollWait(-1, event, 0), -libc.errno.EBADF);
});

test("an eventfd is readable from its signal to its drain, and a timerfd when it expires", () => {
  const epoll = libc.check("epoll_create1", libc.epollCreate());
  const counter = libc.check("eventfd", libc.eventfd());
  const timer = libc.check("timerfd_create", libc.timerfd());
  const events = new libc.EpollEvents(4);
  for (const fd of [counter, timer]) {
    events.set(0, libc.EPOLLIN, fd, 0);
    libc.check("epoll_ctl", libc.epollAdd(epoll, fd, events));
  }
  assert.equal(libc.epollWait(epoll, events, 0), 0);
  libc.signalEventfd(counter);
  libc.signalEventfd(counter);
  assert.equal(libc.epollWait(epoll, events, 1000), 1);
  assert.equal(events.low(0), counter);
  libc.drainCounter(counter);
  assert.equal(libc.armTimerfd(timer, 1), 0);
  assert.equal(libc.epollWait(epoll, events, 10_000), 1);
  assert.equal(events.low(0), timer);
  for (const fd of [counter, timer, epoll]) libc.close(fd);
});

test("descriptors are closed on exec and do not block", () => {
  using pair = socketPair();
  assert.notEqual(libc.getFlags(pair[0]) & libc.O_NONBLOCK, 0);
  assert.equal(libc.getFlags(-1), -libc.errno.EBADF);
});

test("`raiseDescriptorLimit()` makes the soft limit the hard one", () => {
  const { soft, hard } = libc.raiseDescriptorLimit();
  assert.equal(soft, hard);
  assert.deepEqual(libc.getResourceLimit(libc.RLIMIT_NOFILE), { soft, hard });
});

test("`pinThread()` refuses a CPU that this machine does not have", () => {
  assert.throws(() => libc.pinThread([1023]), { name: "LibcError", code: "EINVAL" });
});

test("`prctl()` returns an errno for an unknown option", () => {
  assert.throws(() => libc.prctl(123_456, 0), { name: "LibcError", code: "EINVAL" });
});

test("`localCid()` returns an errno for other descriptors than vsock", () => {
  assert.equal(libc.localCid(-1), -libc.errno.EBADF);
});

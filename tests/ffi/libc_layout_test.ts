/** The binding of libc: layouts of structures. @module */
import assert from "node:assert/strict";
import {
  decodeSockaddr,
  encodeSockaddr,
  EpollEvents,
  errno,
  errnoName,
  LibcError,
  PLATFORMS,
  type SocketAddress,
  strerror,
} from "../../src/ffi/libc/mod.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => bytes.toHex();

/** Each structure, byte by byte, written from its manual page or header. */
const STRUCTURES: readonly [name: string, address: SocketAddress, bytes: string][] = [
  [
    "sockaddr_in of 127.0.0.1:50051",
    { family: "inet", address: new Uint8Array([127, 0, 0, 1]), port: 50051 },
    "0200" + "c383" + "7f000001" + "0000000000000000",
  ],
  [
    "sockaddr_in6 of [fe80::1%3]:80",
    {
      family: "inet6",
      address: new Uint8Array([0xfe, 0x80, ...new Uint8Array(13), 1]),
      port: 80,
      scope: 3,
    },
    "0a00" + "0050" + "00000000" + "fe800000000000000000000000000001" + "03000000",
  ],
  [
    "sockaddr_un of a path, with its NUL",
    { family: "unix", path: ascii("/a") },
    "0100" + "2f6100",
  ],
  [
    "sockaddr_un of an abstract name, which starts with a NUL and ends with none",
    { family: "unix-abstract", name: ascii("ab") },
    "0100" + "00" + "6162",
  ],
  ["sockaddr_un without a name", { family: "unix-unnamed" }, "0100"],
  [
    "sockaddr_vm of 3:5000",
    { family: "vsock", cid: 3, port: 5000 },
    "2800" + "0000" + "88130000" + "03000000" + "00000000",
  ],
  [
    "sockaddr_vm of any:any",
    { family: "vsock", cid: 0xffffffff, port: 0xffffffff },
    "2800" + "0000" + "ffffffff" + "ffffffff" + "00000000",
  ],
];

for (const [name, address, bytes] of STRUCTURES) {
  Deno.test(`${name} is encoded and decoded in the kernel's layout`, () => {
    const encoded = encodeSockaddr(address);
    assert.equal(hex(encoded), bytes);
    assert.deepEqual(decodeSockaddr(encoded), address);
  });
}

Deno.test("`decodeSockaddr()` reads a path that fills sun_path without a NUL", () => {
  const bytes = new Uint8Array(110).fill(0x61);
  bytes.set([1, 0]);
  const decoded = decodeSockaddr(bytes);
  assert.equal(decoded.family === "unix" && decoded.path.length, 108);
});

Deno.test("`decodeSockaddr()` returns `unknown` for short, empty and foreign structures", () => {
  assert.deepEqual(decodeSockaddr(new Uint8Array(0)), { family: "unknown", number: 0 });
  assert.deepEqual(decodeSockaddr(new Uint8Array([2, 0, 1])), { family: "unknown", number: 2 });
  assert.deepEqual(decodeSockaddr(new Uint8Array([16, 0])), { family: "unknown", number: 16 });
});

Deno.test("`encodeSockaddr()` rejects paths that are too long, empty or contain a NUL", () => {
  for (const path of [new Uint8Array(0), new Uint8Array(108).fill(97), ascii("a\0b")]) {
    assert.throws(() => encodeSockaddr({ family: "unix", path }), RangeError);
  }
  assert.equal(encodeSockaddr({ family: "unix", path: new Uint8Array(107).fill(97) }).length, 110);
  const name = new Uint8Array(108);
  assert.throws(() => encodeSockaddr({ family: "unix-abstract", name }), RangeError);
});

Deno.test("`encodeSockaddr()` rejects an IP address of the wrong length", () => {
  const address = new Uint8Array(5);
  assert.throws(() => encodeSockaddr({ family: "inet", address, port: 1 }), RangeError);
  assert.throws(() => encodeSockaddr({ family: "inet6", address, port: 1, scope: 0 }), RangeError);
});

Deno.test("struct epoll_event is packed to 12 bytes on x86-64", () => {
  const events = new EpollEvents(2, PLATFORMS.x86_64);
  events.set(1, 0x2001, 7, -1);
  assert.equal(hex(events.bytes), "00".repeat(12) + "01200000" + "07000000" + "ffffffff");
  assert.deepEqual([events.events(1), events.low(1), events.high(1)], [0x2001, 7, -1]);
});

Deno.test("struct epoll_event has 16 bytes on arm64, its data at 8", () => {
  const events = new EpollEvents(2, PLATFORMS.aarch64);
  events.set(1, 0x2001, 7, -1);
  const second = "01200000" + "00000000" + "07000000" + "ffffffff";
  assert.equal(hex(events.bytes), "00".repeat(16) + second);
  assert.deepEqual([events.events(1), events.low(1), events.high(1)], [0x2001, 7, -1]);
});

Deno.test("errors have names and texts, and unknown ones their numbers", () => {
  assert.equal(errno.ECONNREFUSED, 111);
  assert.equal(errnoName(-98), "EADDRINUSE");
  assert.equal(strerror(98), "Address already in use");
  assert.equal(errnoName(133), "E133");
  assert.equal(strerror(133), "Unknown error 133");
  const error = LibcError.of("bind", -98);
  assert.equal(error.code, "EADDRINUSE");
  assert.equal(error.message, "bind failed: Address already in use (EADDRINUSE)");
});

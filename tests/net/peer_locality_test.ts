import assert from "node:assert/strict";
import { formatPeer, isLocalPeer } from "../../src/net/mod.ts";

const LOCAL = [
  "unix:pid=7,uid=1000",
  "vsock:1:1024",
  "tcp://127.0.0.1:4242",
  "tcp://127.255.0.3:1",
  "tcp://[::1]:4242",
  "tcp://[::ffff:127.0.0.1]:4242",
  "127.0.0.1:4242",
  "::1:4242",
  "::ffff:127.0.0.1:4242",
];

const REMOTE = [
  "",
  "unknown",
  "vsock:2:1024",
  "vsock:16:1",
  "vsock:1:x",
  "tcp://10.0.0.5:4242",
  "tcp://128.0.0.1:127",
  "tcp://[fe80::1]:4242",
  "tcp://[::2]:4242",
  "tcp://[::1:0]:4242",
  "tcp://[::127.0.0.1]:4242",
  "tcp://[::ffff:10.0.0.5]:4242",
  "10.0.0.5:127",
  "127.0.0.1.example:1",
  "2001:db8::1:1",
];

Deno.test("`isLocalPeer()` is true for Unix sockets, loopback and CID 1 in the format of either stack", () => {
  for (const peer of LOCAL) assert.equal(isLocalPeer(peer), true, peer);
});

Deno.test("`isLocalPeer()` is false for remote addresses that resemble local ones", () => {
  for (const peer of REMOTE) assert.equal(isLocalPeer(peer), false, peer);
});

Deno.test("`isLocalPeer()` parses the output of `formatPeer()`", () => {
  const local = [
    { transport: "tcp", host: "::1", port: 1 },
    { transport: "tcp", host: "127.0.0.1", port: 65535 },
    { transport: "vsock", cid: 1, port: 4_000_000_000 },
    { transport: "unix", pid: 1, uid: 0, gid: 0 },
  ] as const;
  for (const peer of local) assert.equal(isLocalPeer(formatPeer(peer)), true);
  assert.equal(isLocalPeer(formatPeer({ transport: "unknown" })), false);
  assert.equal(isLocalPeer(formatPeer({ transport: "vsock", cid: 3, port: 1 })), false);
});

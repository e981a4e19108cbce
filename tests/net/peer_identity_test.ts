import assert from "node:assert/strict";
import { peerIdentity } from "../../src/net/mod.ts";

const CASES: readonly (readonly [peer: string, identity: string | undefined])[] = [
  ["tcp://10.0.0.5:4242", "ip:10.0.0.5"],
  ["10.0.0.5:4242", "ip:10.0.0.5"],
  ["tcp://[::ffff:10.0.0.5]:1", "ip:10.0.0.5"],
  ["tcp://[2001:db8:1:2:3:4:5:6]:4242", "ip:2001:db8:1:2::/64"],
  ["tcp://[2001:db8:1:2:ffff::]:1", "ip:2001:db8:1:2::/64"],
  ["vsock:3:1024", "vsock:3"],
  ["unix:pid=7,uid=1000", "unix:uid=1000"],
  // Local peers that cannot be distinguished: each connection counts by itself.
  ["tcp://127.0.0.1:4242", undefined],
  ["tcp://[::1]:4242", undefined],
  ["vsock:1:1024", undefined],
  ["unix:", undefined],
  ["unknown", undefined],
];

Deno.test("`peerIdentity()` is the host, the guest or the user, and undefined on loopback", () => {
  for (const [peer, identity] of CASES) assert.equal(peerIdentity(peer), identity, peer);
});

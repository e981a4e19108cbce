import assert from "node:assert/strict";
import { identityOf, type Peer } from "../../src/net/mod.ts";

const tcp = (host: string): Peer => ({ transport: "tcp", host, port: 4242 });

const CASES: readonly (readonly [peer: Peer, identity: string | undefined])[] = [
  [tcp("10.0.0.5"), "ip:10.0.0.5"],
  [tcp("::ffff:10.0.0.5"), "ip:10.0.0.5"],
  [tcp("2001:db8:1:2:3:4:5:6"), "ip:2001:db8:1:2::/64"],
  [tcp("2001:db8:1:2:ffff::"), "ip:2001:db8:1:2::/64"],
  [{ transport: "vsock", cid: 3, port: 1024 }, "vsock:3"],
  [{ transport: "unix", pid: 7, uid: 1000, gid: 100 }, "unix:uid=1000"],
  // Local peers that cannot be distinguished: each connection counts by itself.
  [tcp("127.0.0.1"), undefined],
  [tcp("127.1.2.3"), undefined],
  [tcp("::ffff:127.0.0.1"), undefined],
  [tcp("::1"), undefined],
  [{ transport: "vsock", cid: 1, port: 1024 }, undefined],
  [{ transport: "unknown" }, undefined],
  // node:net gives no address of a socket that is closed already.
  [tcp(""), undefined],
];

Deno.test("`identityOf()` is the host, the guest or the user, and undefined on loopback", () => {
  for (const [peer, identity] of CASES) {
    assert.equal(identityOf(peer), identity, JSON.stringify(peer));
  }
});

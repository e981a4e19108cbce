/** Listening sockets of another process. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { loadNet, type Net, PERMISSIONS, temporaryDirectory } from "./_transports.ts";

const [test, net] = await gate(PERMISSIONS, async () => ({
  ...await loadNet(),
  ...await import("../../src/ffi/mod.ts"),
}));

const anyPort = 0xffff_ffff;

const addresses: Readonly<Record<string, (folder: string) => Net.Address>> = {
  tcp: () => ({ transport: "tcp", host: "127.0.0.1", port: 0 }),
  "tcp over IPv6": () => ({ transport: "tcp", host: "::1", port: 0 }),
  unix: (folder) => ({ transport: "unix", path: `${folder}/socket` }),
  "unix-abstract": () => ({ transport: "unix-abstract", name: `signer-${crypto.randomUUID()}` }),
  vsock: () => ({ transport: "vsock", cid: anyPort, port: anyPort }),
};

for (const [name, addressIn] of Object.entries(addresses)) {
  test(`\`prepareInherited()\` finds the address of a ${name} listener`, () => {
    using directory = temporaryDirectory();
    let opened: Net.Listener;
    try {
      opened = net.Listener.open(addressIn(directory.path));
    } catch (error) {
      // This machine has no such address: the tests in a guest have vsock.
      assert.ok(
        error instanceof net.NetError && /^E(AFNOSUPPORT|ADDRNOTAVAIL|NODEV)$/.test(error.code),
      );
      return;
    }
    using listener = opened;
    assert.deepEqual(net.prepareInherited(listener.fd), listener.address);
    // Nothing waits: the call returns at once.
    assert.equal(listener.accept(), -net.libc.errno.EAGAIN);
  });
}

test("`prepareInherited()` refuses descriptors that no connections can be accepted from", () => {
  const { libc } = net;
  const refused = (fd: number, reason: RegExp) =>
    assert.throws(() => net.prepareInherited(fd), (error: Net.NetError) => {
      assert.equal(error.code, "BAD_DESCRIPTOR");
      assert.match(error.message, reason);
      return true;
    });
  refused(999_999, /not a socket/);
  const file = libc.eventfd();
  const stream = libc.socket(libc.AF_UNIX, libc.SOCK_STREAM);
  const datagram = libc.socket(libc.AF_UNIX, libc.SOCK_DGRAM);
  try {
    refused(file, /not a socket/);
    refused(stream, /does not listen/);
    refused(datagram, /not a stream socket/);
  } finally {
    for (const fd of [file, stream, datagram]) libc.close(fd);
  }
});

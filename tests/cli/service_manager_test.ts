/** The environment that a service manager sets, and the messages of a serving process that its supervisor forwards. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { libc, socketsOf, linkOf, ManagerRelay, ServiceManager, logger }] = await gate(
  ["ffi", "read", "env"],
  async () => {
    const { libc } = await import("../../src/ffi/mod.ts");
    libc.isSupported();
    return {
      libc,
      ...await import("../../src/cli/serve/activation.ts"),
      ...await import("../../src/cli/serve/service_manager.ts"),
      ...await import("../../src/telemetry/mod.ts"),
    };
  },
);

test("LISTEN_FDS and LISTEN_FDNAMES are the descriptors from 3 on, with their names", () => {
  assert.deepEqual(socketsOf("2", "web:local"), [{ fd: 3, name: "web" }, { fd: 4, name: "local" }]);
  assert.deepEqual(socketsOf("2", "web"), [{ fd: 3, name: "web" }, { fd: 4, name: "unknown" }]);
  for (const count of [undefined, "", "-1", "x", "1e9", "99999"]) {
    assert.deepEqual(socketsOf(count, "web"), [], String(count));
  }
  assert.equal(socketsOf("999").length, 256);
});

test("WATCHDOG_USEC counts for the process of WATCHDOG_PID, or for any without it", () => {
  assert.equal(linkOf("/s", "1500000").watchdogMs, 1_500);
  assert.equal(linkOf("/s", "1500000", String(Deno.pid)).watchdogMs, 1_500);
  assert.equal(linkOf("/s", "1500000", "1").watchdogMs, undefined);
  for (const text of ["0", "-1", "x", ""]) assert.equal(linkOf("/s", text).watchdogMs, undefined);
});

test("A supervisor forwards the state of its serving process, and no other lines", () => {
  const pair = new Int32Array(2);
  libc.check("socketpair", libc.socketpair(libc.AF_UNIX, libc.SOCK_DGRAM, pair));
  const [managerFd, ownFd] = pair;
  using manager = new ServiceManager({ socket: ownFd, watchdogMs: undefined }, logger("serve"));
  using relay = new ManagerRelay(manager);
  const send = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    libc.send(relay.childFd, bytes, bytes.length);
  };
  const received = () => {
    const buffer = new Uint8Array(4_096);
    const size = libc.recv(managerFd, buffer, buffer.length);
    return size < 0 ? undefined : new TextDecoder().decode(buffer.subarray(0, size));
  };
  try {
    send("READY=1\nSTATUS=Serving\nMAINPID=1");
    send("FDSTORE=1");
    send("RELOADING=1\nMONOTONIC_USEC=42\nMONOTONIC_USEC=4x");
    relay.forward();
    assert.equal(received(), "READY=1\nSTATUS=Serving");
    assert.equal(received(), "RELOADING=1\nMONOTONIC_USEC=42");
    assert.equal(received(), undefined);
  } finally {
    libc.close(managerFd);
  }
});

/**
 * TLS handshakes of many clients at once. A turn made the step of each client that was ready, 4 ms for a certificate of
 * RSA-4096: 200 ClientHello messages at a time, 60 KB, kept the calls of open connections waiting for 4 s.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";

const [test, { Engine, echoService, net, logger, TestCa, TlsContext }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_turns.ts"),
    ...await import("../../_support/certificates.ts"),
    ...await import("../../../src/ffi/mod.ts"),
  }),
);

const CLIENTS = 200;

/** Turns within which all handshakes are done: more than one is made in each. */
const MAX_TURNS = 2 * CLIENTS;

test("a turn makes some of the handshakes that are ready, and further turns the others", async () => {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using near = ca.clientContext();
  using far = new TlsContext({
    ...{ role: "server", minVersion: "1.3", identity, peerCertificate: "none" },
    ...{ ca: undefined, crl: undefined },
  });
  using engine = new Engine({
    services: [echoService()],
    log: logger("native"),
    tls: () => far,
  });
  using listener = net.Listener.open(net.tcpAddress("127.0.0.1:0"));
  using clients = new DisposableStack();
  let waiting: InstanceType<typeof net.TlsStream>[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    const socket = await net.dial(listener.address);
    const accepted = listener.accept();
    assert.ok(typeof accepted === "object");
    engine.add(accepted);
    const client = clients.use(new net.TlsStream(near, socket, "localhost"));
    // Sends ClientHello.
    assert.notEqual(client.handshake(), 1);
    waiting.push(client);
  }
  engine.turn(0);
  waiting = waiting.filter((client) => client.handshake() !== 1);
  assert.ok(waiting.length > CLIENTS / 2, `${CLIENTS - waiting.length} handshakes in a turn`);
  assert.equal(engine.timeout, 0, "The next turn waits");
  for (let turn = 0; waiting.length > 0; turn++) {
    assert.ok(turn < MAX_TURNS, `${waiting.length} handshakes are not made`);
    engine.turn(0);
    waiting = waiting.filter((client) => client.handshake() !== 1);
  }
});

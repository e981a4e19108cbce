/**
 * A peer that sends KeyUpdate messages and nothing else. SSL_read() handles them in a loop of its own: 400,000, which have
 * 10.8 MB, kept a worker from all its other connections for five seconds, and more of them as long as the peer liked.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { dial, KeyUpdater, libc, Listener, tcpAddress, TestCa, TlsContext, TlsStream }] =
  await gate(["env", "ffi", "net", "read"], async () => ({
    ...await import("../../src/ffi/mod.ts"),
    ...await import("../../src/net/mod.ts"),
    ...await import("../_support/certificates.ts"),
    ...await import("./_later_messages.ts"),
  }));

/** The limit of messages in a minute. */
const LIMIT = 32;

/** The limit of steps of a handshake. TLS 1.3 needs 3. */
const MAX_STEPS = 50;

/** Runs `use` on a client, and on the server's end of its connection. */
async function connected(
  use: (client: InstanceType<typeof KeyUpdater>, serving: InstanceType<typeof TlsStream>) => void,
): Promise<void> {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using context = new TlsContext({
    ...{ role: "server", minVersion: "1.3", identity, peerCertificate: "none" },
    ...{ ca: undefined, crl: undefined },
  });
  using listener = Listener.open(tcpAddress("127.0.0.1:0"));
  using socket = await dial(listener.address);
  using client = new KeyUpdater(socket.fd);
  const accepted = listener.accept();
  assert.ok(typeof accepted === "object");
  using serving = new TlsStream(context, accepted);
  for (let step = 0; !(client.handshake() && serving.handshake() === 1); step++) {
    assert.ok(step < MAX_STEPS, "The handshake is stuck");
    serving.handshake();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  use(client, serving);
}

test("a peer may change its keys some times, and its data is read", async () => {
  await connected((client, serving) => {
    const buffer = new Uint8Array(100);
    client.updateKeys(LIMIT);
    assert.equal(serving.read(buffer, buffer.length), -libc.errno.EAGAIN);
    client.write("hello");
    assert.equal(serving.read(buffer, buffer.length), 5);
    assert.equal(serving.failure, undefined);
  });
});

test("the connection of a peer that changes its keys without end is ended, with data between or not", async () => {
  for (const between of ["", "x"]) {
    await connected((client, serving) => {
      const buffer = new Uint8Array(100);
      let result = 0;
      // Each round fits into the socket's buffers.
      for (let round = 0; round < 10 && result !== -libc.errno.EPROTO; round++) {
        client.updateKeys(LIMIT / 2);
        if (between !== "") client.write(between);
        result = serving.read(buffer, buffer.length);
        assert.ok(round < 3, `${round + 1} rounds of ${LIMIT / 2} messages are read`);
      }
      assert.equal(result, -libc.errno.EPROTO);
      assert.equal(serving.read(buffer, buffer.length), -libc.errno.EPROTO);
      assert.match(serving.failure?.message ?? "", /more than 32 handshake messages in a minute/);
    });
  }
});

/** The rotation of the keys of TLS session tickets. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { TicketRotation, TlsFiles }] = await gate(
  ["env", "ffi", "read"],
  async () => ({
    ...await import("../../src/cli/serve/ticket_rotation.ts"),
    ...await import("../../src/cli/serve/tls.ts"),
  }),
);

test("keys of tickets are renewed again and again, until the rotation is disposed of", async () => {
  const renewed = Promise.withResolvers<void>();
  let count = 0;
  {
    using _rotation = new TicketRotation(() => ++count === 3 && renewed.resolve(), 1);
    await renewed.promise;
  }
  const before = count;
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(count, before);
});

test("threads get the same keys of tickets, and others after a renewal", () => {
  using files = new TlsFiles({
    role: "server",
    minVersion: "1.3",
    ca: undefined,
    crl: undefined,
    peerCertificate: "none",
    ticketKeys: new Uint8Array(80),
  }, []);
  const [first, second] = [files.share().ticketKeys!, files.share().ticketKeys!];
  assert.deepEqual(first, second);
  files.renewTicketKeys();
  const [third, fourth] = [files.share().ticketKeys!, files.share().ticketKeys!];
  assert.equal(third.length, first.length);
  assert.notDeepEqual(third, first);
  assert.deepEqual(third, fourth);
});

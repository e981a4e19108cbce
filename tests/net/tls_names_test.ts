/** The choice of a server's certificate by the server name of the client (SNI). @module */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { TestCa as Ca } from "../_support/certificates.ts";
import { gate } from "../_support/gate.ts";

const [test, loaded] = await gate(["env", "ffi", "net", "read"], async () => ({
  ...await import("../../src/ffi/mod.ts"),
  ...await import("../../src/net/mod.ts"),
  ...await import("../_support/certificates.ts"),
}));
const { dial, Listener, openLibcrypto, socketsSupported, TestCa, TlsContext, TlsStream } = loaded;
const { tcpAddress } = loaded;

/** Steps of a handshake after which it is taken for stuck: TLS 1.3 needs 3. */
const MAX_STEPS = 50;

const common = { minVersion: "1.3", crl: undefined, peerCertificate: "none" } as const;

// Opened here: libraries and callbacks stay, which is no leak of the test that needs them first.
socketsSupported?.();
openLibcrypto?.();
if (TlsContext !== undefined) {
  using ca = await TestCa.create();
  using first = await ca.issue();
  using second = await ca.issue();
  contextOf([first, second])[Symbol.dispose]();
}

function contextOf([identity, ...alternatives]: Awaited<ReturnType<Ca["issue"]>>[]) {
  return new TlsContext({ ...common, role: "server", ca: undefined, identity, alternatives });
}

/** The subjectAltName of the certificate that a server sends to a client, or the reason of a failure. */
async function chosen(
  server: InstanceType<typeof TlsContext>,
  ca: Ca,
  serverName: string,
  beforeHandshake = () => {},
): Promise<string> {
  using listener = Listener.open(tcpAddress("127.0.0.1:0"));
  using context = new TlsContext({
    ...common,
    role: "client",
    ca: ca.pem,
    identity: undefined,
  });
  using client = new TlsStream(context, await dial(listener.address), serverName);
  using serving = new TlsStream(server, listener.accept() as Awaited<ReturnType<typeof dial>>);
  beforeHandshake();
  for (let step = 0; step < MAX_STEPS; step++) {
    const results = [client, serving].map((stream) => stream.handshake());
    if (client.failure !== undefined) return client.failure.message;
    if (results.every((result) => result === 1)) {
      return new X509Certificate(client.peerCertificate!).subjectAltName!;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail("The handshake is stuck");
}

test("a server sends the certificate that has the client's server name, and else its first", async () => {
  using ca = await TestCa.create();
  using keys = new DisposableStack();
  const issue = async (...names: string[]) => keys.use(await ca.issue({ names }));
  using server = contextOf([
    await issue("first.example", "127.0.0.1"),
    await issue("*.second.example"),
    await issue("whole.second.example", "third.example"),
  ]);
  const cases = {
    "first.example": /^DNS:first\.example/,
    "a.second.example": /^DNS:\*\.second\.example$/,
    "A.SECOND.example": /^DNS:\*\.second\.example$/,
    "whole.second.example": /^DNS:whole\.second\.example/,
    "third.example": /third\.example$/,
    // An address is no server name: the first certificate is sent.
    "127.0.0.1": /^DNS:first\.example/,
    // A wildcard stands for one label.
    "a.b.second.example": /hostname mismatch/,
    "other.example": /hostname mismatch/,
  };
  for (const [name, expected] of Object.entries(cases)) {
    assert.match(await chosen(server, ca, name), expected, name);
  }
});

test("a handshake under way when its context is disposed of still gets the certificate of its name", async () => {
  using ca = await TestCa.create();
  using first = await ca.issue({ names: ["first.example"] });
  using second = await ca.issue({ names: ["second.example"] });
  const server = contextOf([first, second]);
  const dispose = () => server[Symbol.dispose]();
  assert.equal(await chosen(server, ca, "second.example", dispose), "DNS:second.example");
  assert.throws(() => server.open(0), /closed/);
});

test("an alternative certificate with the key of another one is refused when it is loaded", async () => {
  using ca = await TestCa.create();
  using one = await ca.issue();
  using two = await ca.issue();
  assert.throws(() => contextOf([one, { ...one, key: two.key }]), { code: "KEY_MISMATCH" });
});

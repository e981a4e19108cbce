/** TLS over sockets. @module */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Address, NetError, Socket } from "../../src/net/mod.ts";
import type { TlsContextOptions } from "../../src/ffi/mod.ts";
import { gate } from "../_support/gate.ts";
import type { Certified, Variation } from "../_support/certificates.ts";

const [
  test,
  {
    dial,
    libc,
    Listener,
    openLibcrypto,
    socketsSupported,
    Poller,
    TestCa,
    TlsContext,
    TlsHandshakes,
    TlsStream,
    tcpAddress,
  },
] = await gate(["env", "ffi", "net", "read"], async () => ({
  ...await import("../../src/ffi/mod.ts"),
  ...await import("../../src/net/mod.ts"),
  ...await import("../_support/certificates.ts"),
}));

/** The limit of steps of a handshake. TLS 1.3 needs 3. */
const MAX_STEPS = 50;

const server: Omit<TlsContextOptions, "identity"> = {
  role: "server",
  minVersion: "1.3",
  ca: undefined,
  crl: undefined,
  peerCertificate: "none",
};

// Opened outside of tests: libraries and the ALPN callback stay, and the sanitizer would report the first test.
socketsSupported?.();
openLibcrypto?.();
if (TlsContext !== undefined) new TlsContext({ ...server, identity: undefined })[Symbol.dispose]();

function serverContext(identity: Certified, options: Partial<TlsContextOptions> = {}) {
  return new TlsContext({ ...server, identity, ...options });
}

/** Returns two connected sockets: a client's and a server's. */
async function sockets(
  address: Address = tcpAddress("127.0.0.1:0"),
): Promise<[Socket, Socket]> {
  using listener = Listener.open(address);
  const client = await dial(listener.address);
  return [client, listener.accept() as Socket];
}

type Stream = InstanceType<typeof TlsStream>;

/** Runs both handshakes in turn. Resolves when both are complete, or one has failed. */
async function handshake(client: Stream, serving: Stream): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    const results = [client, serving].map((stream) => stream.handshake());
    if (results.every((result) => result === 1)) return;
    if (results.some((result) => result !== 1 && result !== -libc.errno.EAGAIN)) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.fail("The handshake is stuck");
}

interface Pair extends Disposable {
  readonly client: Stream;
  readonly serving: Stream;
}

async function connected(
  contexts: {
    readonly client: InstanceType<typeof TlsContext>;
    readonly server: InstanceType<typeof TlsContext>;
  },
  serverName = "localhost",
): Promise<Pair> {
  const [near, far] = await sockets();
  const client = new TlsStream(contexts.client, near, serverName);
  const serving = new TlsStream(contexts.server, far);
  await handshake(client, serving);
  return {
    client,
    serving,
    [Symbol.dispose]() {
      client.close();
      serving.close();
    },
  };
}

test("a connection over TLS 1.3 carries bytes in both directions, and ends when the peer closes", async () => {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using near = ca.clientContext();
  using far = serverContext(identity);
  for (const name of ["localhost", "127.0.0.1"]) {
    using pair = await connected({ client: near, server: far }, name);
    const { client, serving } = pair;
    assert.equal(client.parameters.version, "TLSv1.3");
    assert.match(client.parameters.cipher, /^TLS_AES_128_GCM/);
    assert.ok(client.peerCertificate!.length > 100);
    const buffer = new Uint8Array(100_000);
    assert.equal(client.write(new TextEncoder().encode("hello"), 5), 5);
    assert.equal(serving.read(buffer, buffer.length), 5);
    assert.equal(serving.write(buffer, 5), 5);
    assert.equal(client.read(buffer, buffer.length), 5);
    assert.equal(client.read(buffer, buffer.length), -libc.errno.EAGAIN);
    serving.close();
    assert.equal(client.read(buffer, buffer.length), 0);
  }
});

test("the verified chain goes from the peer's certificate over those between to the CA", async () => {
  using ca = await TestCa.create();
  using below = await TestCa.below(ca, 2);
  using identity = await below.issue();
  using near = ca.clientContext();
  using far = serverContext(identity);
  using pair = await connected({ client: near, server: far });
  const subjects = pair.client.verifiedChain.map((der) => new X509Certificate(der).subject);
  assert.deepEqual(subjects, ["CN=test", "CN=Test CA 2", "CN=Test CA 1", "CN=Test CA"]);
  // The client has no certificate.
  assert.deepEqual(pair.serving.verifiedChain, []);
});

test("bytes beyond the kernel's buffers are sent when there is room, and all arrive", async () => {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using near = ca.clientContext();
  using far = serverContext(identity);
  using pair = await connected({ client: near, server: far });
  const sent = crypto.getRandomValues(new Uint8Array(65_536));
  const whole = 64 * sent.length;
  const received: Uint8Array[] = [];
  let [out, into, refused] = [0, 0, 0];
  const buffer = new Uint8Array(131_072);
  for (let step = 0; into < whole && step < 100_000; step++) {
    if (out < whole) {
      const rest = sent.subarray(out % sent.length);
      const taken = pair.client.write(rest, rest.length);
      if (taken > 0) out += taken;
      else assert.equal(taken, -libc.errno.EAGAIN);
      if (taken < 0) refused++;
      if (taken > 0) continue;
    }
    const size = pair.serving.read(buffer, buffer.length);
    if (size > 0) {
      received.push(buffer.slice(0, size));
      into += size;
    } else {
      assert.equal(size, -libc.errno.EAGAIN);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  assert.equal(into, whole);
  assert.ok(refused > 0, "the kernel's buffer was never full");
  const all = new Uint8Array(await new Blob(received as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  for (let at = 0; at < whole; at += sent.length) {
    assert.deepEqual(all.subarray(at, at + sent.length), sent);
  }
});

const badServers: Record<
  string,
  { variation?: Variation; name?: string; foreign?: boolean; reason: RegExp }
> = {
  "has expired": { variation: { from: -3, until: -2 }, reason: /certificate has expired/ },
  "is not valid yet": { variation: { from: 2, until: 3 }, reason: /not yet valid/ },
  "is for another name": { name: "other.example", reason: /hostname mismatch/ },
  "is for another address": { name: "127.0.0.2", reason: /IP address mismatch/ },
  "is of another CA": {
    foreign: true,
    reason: /unable to get (local )?issuer certificate|signature failure/,
  },
  "is a client's": { variation: { usage: "client" }, reason: /unsuitable certificate purpose/ },
  "has its name in the subject only": {
    variation: { names: [] },
    name: "test",
    reason: /hostname mismatch/,
  },
};

for (const [fault, { variation, name, foreign, reason }] of Object.entries(badServers)) {
  test(`a server's certificate that ${fault} is refused with that reason`, async () => {
    using ca = await TestCa.create();
    using other = await TestCa.create();
    using identity = await ca.issue(variation);
    using near = (foreign ? other : ca).clientContext();
    using far = serverContext(identity);
    using pair = await connected({ client: near, server: far }, name);
    assert.match(pair.client.failure?.message ?? "no failure", reason);
  });
}

const clients: Record<
  string,
  { variation?: Variation; none?: boolean; foreign?: boolean; reason?: RegExp }
> = {
  "of its CA is taken": { variation: { usage: "client" } },
  "that is missing is refused": { none: true, reason: /peer did not return a certificate/ },
  "of another CA is refused": {
    foreign: true,
    variation: { usage: "client" },
    reason: /issuer certificate|signature failure/,
  },
  "that is a server's is refused": {
    variation: { usage: "server" },
    reason: /unsuitable certificate purpose/,
  },
  "that has expired is refused": {
    variation: { usage: "client", from: -3, until: -2 },
    reason: /has expired/,
  },
};

for (const [what, { variation, none, foreign, reason }] of Object.entries(clients)) {
  test(`mTLS: a client's certificate ${what}`, async () => {
    using ca = await TestCa.create();
    using other = await TestCa.create();
    using identity = await ca.issue();
    using own = await (foreign ? other : ca).issue(variation);
    using near = ca.clientContext(none ? undefined : own);
    using far = serverContext(identity, { ca: ca.pem, peerCertificate: "require" });
    using pair = await connected({ client: near, server: far });
    // In TLS 1.3 the client's handshake completes before the server has read its certificate.
    const buffer = new Uint8Array(10);
    const result = pair.serving.read(buffer, buffer.length);
    if (reason === undefined) {
      assert.equal(result, -libc.errno.EAGAIN);
      assert.ok(pair.serving.peerCertificate);
    } else {
      assert.match(pair.serving.failure?.message ?? "no failure", reason);
    }
  });
}

// A client that wrote on after a refusal had EPIPE or ECONNRESET from the kernel, and never read the alert.
test("a write to a peer that has refused the client fails with the reason in the peer's alert", async () => {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using near = ca.clientContext();
  using far = serverContext(identity, { ca: ca.pem, peerCertificate: "require" });
  using pair = await connected({ client: near, server: far });
  pair.serving.close();
  const bytes = new Uint8Array(10);
  let result = 0;
  for (let step = 0; step < MAX_STEPS && result >= 0; step++) {
    result = pair.client.write(bytes, bytes.length);
  }
  assert.equal(result, -libc.errno.EPROTO);
  assert.match(pair.client.failure!.message, /alert certificate required/);
});

test("a certificate with the key of another certificate is refused at loading", async () => {
  using ca = await TestCa.create();
  using one = await ca.issue();
  using two = await ca.issue();
  const mixed = { ...one, key: two.key };
  assert.throws(() => serverContext(mixed), { code: "KEY_MISMATCH" });
  const empty = { ...one, certificates: new TextEncoder().encode("none") };
  assert.throws(() => serverContext(empty), { code: "BAD_CERTIFICATE" });
});

// The oldest of all was ended: a peer that opened 300 connections a second had the handshakes of all others ended before the
// server came to them.
test("over the limit the peer with the most handshakes loses its oldest, and others keep theirs", async () => {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using far = serverContext(identity);
  const poller = new Poller();
  const ended: string[] = [];
  const limits = { handshakeTimeoutMs: 1000, maxHandshakes: 4 };
  using handshakes = new TlsHandshakes(() => far, poller, {
    onStream: (stream) => stream.close(),
    onFailed(stream) {
      ended.push(stream.peer.transport);
      stream.close();
    },
  }, limits);
  const clients = [];
  // A peer of TCP and one of a Unix socket, by turns at first: the older one is of TCP.
  const unix = { transport: "unix-abstract", name: `signer-test-${crypto.randomUUID()}` } as const;
  for (const address of [undefined, unix, undefined, unix, unix, unix, unix]) {
    const [client, accepted] = await sockets(address);
    clients.push(client);
    handshakes.start(accepted, 0);
  }
  assert.deepEqual(ended, ["unix", "unix", "unix"]);
  assert.equal(handshakes.size, 4);
  for (const client of clients) client.close();
  handshakes[Symbol.dispose]();
  assert.equal(ended.filter((transport) => transport === "tcp").length, 2);
  poller.close();
});

test("unfinished handshakes are bounded in number and time, and do not delay others", async () => {
  using ca = await TestCa.create();
  using identity = await ca.issue();
  using near = ca.clientContext();
  using far = serverContext(identity);
  const poller = new Poller();
  const failures: NetError[] = [];
  const streams: Stream[] = [];
  const limits = { handshakeTimeoutMs: 1000, maxHandshakes: 3 };
  using handshakes = new TlsHandshakes(() => far, poller, {
    onStream: (stream) => streams.push(stream),
    onFailed(stream, error) {
      stream.close();
      failures.push(error);
    },
  }, limits);
  const idle = [];
  for (let i = 0; i < 4; i++) {
    const [client, accepted] = await sockets();
    idle.push(client);
    handshakes.start(accepted, 5000 + i);
  }
  assert.deepEqual(failures.map(({ code }) => code), ["TLS_BUSY"]);
  // The oldest was ended: peers with silent connections once kept all new clients out.
  assert.match(failures[0].message, /was ended to make room/);
  assert.equal(handshakes.due, 6001);
  // A new limit holds for handshakes under way as well.
  limits.handshakeTimeoutMs = 5_000;
  assert.equal(handshakes.due, 10_001);
  handshakes.expire(6001);
  assert.equal(handshakes.size, 3);
  limits.handshakeTimeoutMs = 1_000;
  handshakes.expire(6001);
  assert.equal(handshakes.size, 2);
  // Garbage ends its own handshake.
  idle[2].write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), 18);
  const [socket, accepted] = await sockets();
  const client = new TlsStream(near, socket, "localhost");
  handshakes.start(accepted, 5010);
  for (let step = 0; step < MAX_STEPS && streams.length === 0; step++) {
    client.handshake();
    poller.wait(10);
    poller.handleDeferred();
  }
  assert.equal(streams.length, 1);
  assert.equal(handshakes.size, 1);
  assert.deepEqual(failures.map(({ code }) => code), ["TLS_BUSY", "TIMED_OUT", "TLS_FAILED"]);
  assert.deepEqual(failures.map(({ limit }) => limit), [
    "maxHandshakes",
    "handshakeTimeoutMs",
    undefined,
  ]);
  assert.match(failures[2].message, /http request, with tcp:\/\/127\.0\.0\.1:/);
  client.close();
  for (const each of idle) each.close();
  for (const each of streams) each.close();
  handshakes[Symbol.dispose]();
  poller.close();
});

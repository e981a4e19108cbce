/** The caller that handlers see: on both stacks and in workers, over TCP, Unix sockets and mutual TLS. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { ChannelOptions, RpcServer } from "../../src/grpc/mod.ts";
import type { TestCa as Ca } from "../_support/certificates.ts";
import { gate } from "../_support/gate.ts";
import type { Seen } from "./_caller_service.ts";

const [test, loaded] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  async () => ({
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/grpc/native/workers/mod.ts"),
    ...await import("../../src/grpc/stacks/mod.ts"),
    ...await import("../../src/net/mod.ts"),
    ...await import("../_support/certificates.ts"),
    ...await import("./_caller_service.ts"),
  }),
);
const { callerService, echoDefinition, formatAddress, openChannel, openServer } = loaded;
const { formatCaller, openWorkerServer, parseAddress, TestCa, TlsContext } = loaded;

const servers: Record<string, (tls?: () => InstanceType<typeof TlsContext>) => Promise<RpcServer>> =
  {
    "native": (tls) => openServer("native", { services: [callerService()], tls }),
    "grpc-js": (tls) => openServer("grpc-js", { services: [callerService()], tls }),
    "native, 2 workers": () =>
      openWorkerServer({
        workers: 2,
        entry: new URL("./_caller_worker.ts", import.meta.url),
        setup: () => ({ data: undefined }),
      }),
  };

/** Makes `calls` calls on one connection, and gives the callers that the server saw. */
async function ask(address: string, calls: number, options: Partial<ChannelOptions> = {}) {
  using channel = await openChannel("native", { addresses: [address], ...options });
  const seen: Seen[] = [];
  for (let made = 0; made < calls; made++) {
    const call = channel.call(echoDefinition.Echo, [{}], { deadline: Date.now() + 20_000 });
    const [{ message }] = await Array.fromAsync(
      call.responses as AsyncIterable<{ message: string }>,
    );
    seen.push(JSON.parse(message));
  }
  return seen;
}

// A line of the audit log about a caller whose certificate has an empty subject had the address alone.
test("a certificate without a subject is named by its first URI and DNS name", () => {
  const format = (names: { subject?: string; uris?: string[]; dnsNames?: string[] }) =>
    formatCaller({
      peer: { transport: "tcp", host: "10.0.0.5", port: 1 },
      certificate: { subject: "", uris: [], dnsNames: [], spiffeId: undefined, ...names },
      token: undefined,
    });
  const dnsNames = ["ci.example", "other.example"];
  assert.equal(format({ dnsNames }), "dns=ci.example ip=10.0.0.5");
  assert.equal(format({ dnsNames, uris: ["urn:ci"] }), "uri=urn:ci dns=ci.example ip=10.0.0.5");
  assert.equal(format({ dnsNames, subject: "CN=ci" }), "subject=CN=ci ip=10.0.0.5");
});

for (const [name, open] of Object.entries(servers)) {
  test(`${name}: over TCP the caller is the client's address, one object for a connection`, async () => {
    const server = await open();
    try {
      const address = formatAddress(await server.listen(parseAddress("127.0.0.1:0")));
      const [first, second] = await ask(address, 2);
      assert.equal(first!.peer.transport, "tcp");
      assert.equal((first!.peer as { host: string }).host, "127.0.0.1");
      assert.equal(first!.certificate, null);
      assert.equal(first!.formatted, "ip=127.0.0.1");
      assert.ok(second!.isSameAsBefore);
      const [other] = await ask(address, 1);
      assert.equal(other!.isSameAsBefore, false);
    } finally {
      await server.close();
    }
  });

  test(`${name}: over a Unix socket the caller is the uid, gid and pid of the client`, async () => {
    const folder = await Deno.makeTempDir();
    const server = await open();
    try {
      const address = `unix:${join(folder, "s.sock")}`;
      await server.listen(parseAddress(address));
      const [seen] = await ask(address, 1);
      const [uid, gid, pid] = [Deno.uid(), Deno.gid(), Deno.pid];
      assert.deepEqual(seen!.peer, { transport: "unix", pid, uid, gid });
      assert.equal(seen!.formatted, `uid=${uid} gid=${gid} pid=${pid}`);
      // The same process again: another connection, which is another caller.
      const [other] = await ask(address, 1);
      assert.equal(other!.isSameAsBefore, false);
    } finally {
      await server.close();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function context(role: "server" | "client", ca: Ca, identity: Awaited<ReturnType<Ca["issue"]>>) {
  return new TlsContext({
    role,
    identity,
    minVersion: "1.3",
    ca: ca.pem,
    crl: undefined,
    peerCertificate: "require",
  });
}

for (const stack of ["native", "grpc-js"] as const) {
  for (const place of ["127.0.0.1:0", "unix"]) {
    test(`${stack}: over mutual TLS on ${place} the caller has the certificate's names`, async () => {
      const folder = await Deno.makeTempDir();
      using ca = await TestCa.create();
      using serving = await ca.issue();
      using client = await ca.issue({
        usage: "client",
        names: ["DNS:CI.example.org", "URI:spiffe://example.org/ns/ci"],
      });
      using far = context("server", ca, serving);
      using near = context("client", ca, client);
      const server = await servers[stack]!(() => far);
      try {
        const listens = place === "unix" ? `unix:${join(folder, "s.sock")}` : place;
        const address = formatAddress(await server.listen(parseAddress(listens)));
        const seen = await ask(address, 2, { tls: { context: near }, authority: "localhost" });
        assert.deepEqual(
          seen.map(({ certificate }) => certificate),
          [0, 1].map(() => ({
            subject: "CN=test",
            dnsNames: ["ci.example.org"],
            uris: ["spiffe://example.org/ns/ci"],
            spiffeId: "spiffe://example.org/ns/ci",
          })),
        );
        assert.match(
          seen[0]!.formatted,
          /^spiffe=spiffe:\/\/example\.org\/ns\/ci subject=CN=test /,
        );
        assert.equal(seen[0]!.peer.transport, place === "unix" ? "unix" : "tcp");
      } finally {
        await server.close();
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

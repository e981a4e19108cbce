/** Calls over TLS: servers and clients of both stacks, over TCP and Unix sockets, and grpcurl. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Certified, TestCa as Ca } from "../_support/certificates.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import { findError } from "../../src/errors/mod.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";

const [test, loaded] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  async () => ({
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/grpc/stacks/mod.ts"),
    ...await import("../../src/net/mod.ts"),
    ...await import("../_support/certificates.ts"),
  }),
);
const { implement, openChannel, openServer, parseAddress, echoDefinition, socketsSupported } =
  loaded;
const { TestCa, TlsContext, unary, RpcError, formatAddress } = loaded;

const stacks: readonly Stack[] = ["native", "grpc-js"];

// Opened outside of tests: libraries and the ALPN callback stay, and the sanitizer would report the first test.
socketsSupported?.();
if (TlsContext !== undefined) serverContext(undefined)[Symbol.dispose]();

function serverContext(identity: Certified | undefined, clientCa?: Ca) {
  return new TlsContext({
    role: "server",
    minVersion: "1.3",
    identity,
    ca: clientCa?.pem,
    crl: undefined,
    peerCertificate: clientCa === undefined ? "none" : "require",
  });
}

/** Starts an echo server over TLS, with a folder for its CA and socket. */
async function serving(
  stack: Stack,
  transport: "tcp" | "unix",
  mutual = false,
) {
  const folder = await Deno.makeTempDir();
  const ca = await TestCa.create();
  const identity = await ca.issue();
  const context = serverContext(identity, mutual ? ca : undefined);
  const server = await openServer(stack, {
    services: [
      implement(echoDefinition, { Echo: unary(({ message, payload }) => ({ message, payload })) }),
    ],
    tls: () => context,
  });
  const place = transport === "tcp" ? "127.0.0.1:0" : `unix:${join(folder, "s.sock")}`;
  const address = formatAddress(await server.listen(parseAddress(place)));
  return {
    address,
    ca,
    folder,
    async [Symbol.asyncDispose]() {
      await server.close();
      context[Symbol.dispose]();
      identity[Symbol.dispose]();
      ca[Symbol.dispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Makes echo calls over TLS, and returns the responses. */
async function echo(
  address: string,
  ca: Ca,
  options: {
    stack?: Stack;
    identity?: Certified;
    authority?: string;
    payloads?: Uint8Array[];
  } = {},
): Promise<Uint8Array[]> {
  const { stack = "native", identity, authority, payloads = [new Uint8Array(10)] } = options;
  using context = ca.clientContext(identity);
  using channel = await openChannel(stack, {
    addresses: [address],
    connectTimeout: 10_000,
    reconnect: { initial: 1000, max: 1000 },
    tls: { context },
    ...(authority === undefined ? {} : { authority }),
  });
  return await Promise.all(payloads.map(async (payload) => {
    const call = channel.call(echoDefinition.Echo, [{ payload: payload as Buffer }], {
      deadline: Date.now() + 20_000,
    });
    const [response] = await Array.fromAsync(
      call.responses as AsyncIterable<{ payload: Uint8Array }>,
    );
    return new Uint8Array(response.payload);
  }));
}

for (const stack of stacks) {
  for (const transport of ["tcp", "unix"] as const) {
    test(`${stack} over ${transport}: calls of 1 byte to 1 MiB are answered over TLS 1.3`, async () => {
      await using server = await serving(stack, transport);
      const payloads = [1, 1000, 16_384, 65_536, 1_048_576].map((size) =>
        new Uint8Array(size).fill(size % 251)
      );
      for (const client of stacks) {
        const { address, ca } = server;
        assert.deepEqual(await echo(address, ca, { payloads, stack: client }), payloads);
      }
    });
  }

  for (const client of stacks) {
    test(`${stack}: mTLS accepts the certificate of a ${client} client, and a client without one gets the reason`, async () => {
      await using server = await serving(stack, "tcp", true);
      using identity = await server.ca.issue({ usage: "client" });
      const { address, ca } = server;
      assert.equal((await echo(address, ca, { identity, stack: client })).length, 1);
      await assert.rejects(echo(address, ca, { stack: client }), (error: Error) => {
        assert.ok(error instanceof RpcError);
        assert.match(error.message, /TLS failed: .*certificate required/);
        assert.ok(findError(error, "net", "TLS_FAILED"));
        return true;
      });
    });
  }

  test(`${stack}: a plaintext client of a TLS port gets an error`, async () => {
    await using server = await serving(stack, "tcp");
    using channel = await openChannel("native", { addresses: [server.address] });
    const call = channel.call(echoDefinition.Echo, [{}], { deadline: Date.now() + 20_000 });
    await assert.rejects(Array.fromAsync(call.responses), /TLS/);
  });

  peerTest(test, "grpcurl")(
    `${stack}: grpcurl calls with a client's certificate`,
    async (grpcurl) => {
      await using server = await serving(stack, "tcp", true);
      using client = await server.ca.issue({ usage: "client" });
      const [ca, cert, key] = ["ca", "client", "key"].map((name) =>
        join(server.folder, `${name}.pem`)
      );
      await Deno.writeFile(ca, server.ca.pem);
      await Deno.writeFile(cert, client.certificates);
      await Deno.writeFile(key, client.privateKey);
      const proto = ["-import-path", "proto", "-proto", "signer/v1/echo.proto"];
      const answer = await run(
        grpcurl,
        ...["-cacert", ca, "-cert", cert, "-key", key, ...proto, "-d", '{"message":"hello"}'],
        ...[server.address.replace("tcp://", ""), "signer.v1.EchoService/Echo"],
      );
      assert.equal(answer.code, 0, answer.stderr);
      assert.deepEqual(JSON.parse(answer.stdout), { message: "hello" });
    },
  );

  peerTest(test, "openssl")(
    `${stack}: TLS 1.2, and a client without ALPN, are refused`,
    async (openssl) => {
      await using server = await serving(stack, "tcp");
      const at = server.address.replace("tcp://", "");
      const connect = (...args: string[]) =>
        run(openssl, "s_client", "-connect", at, "-brief", ...args);
      assert.match((await connect("-alpn", "h2")).stderr, /Protocol version: TLSv1\.3/);
      assert.match((await connect("-alpn", "h2", "-tls1_2")).stderr, /alert protocol version/);
      assert.match((await connect("-alpn", "http/1.1")).stderr, /alert no application protocol/);
      assert.match(
        (await connect("-alpn", "h2", "-ciphersuites", "TLS_AES_128_CCM_SHA256")).stderr,
        /handshake failure/,
      );
    },
  );
}

test("`security()` returns the TLS parameters and the server's certificate, and undefined for plaintext", async () => {
  await using server = await serving("native", "tcp");
  using context = server.ca.clientContext();
  using channel = await openChannel("native", { addresses: [server.address], tls: { context } });
  const call = channel.call(echoDefinition.Echo, [{}], { deadline: Date.now() + 20_000 });
  assert.equal(await call.security!(), undefined);
  await Array.fromAsync(call.responses);
  const security = await call.security!();
  assert.match(security!.cipher, /^TLS_/);
  assert.deepEqual({ ...security, cipher: "" }, {
    version: "TLSv1.3",
    cipher: "",
    resumed: false,
    // The certificate of a test is valid for one day from its issue.
    peerCertificate: { subject: "CN=test", issuer: "CN=Test CA", daysLeft: 0 },
    issuers: ["CN=Test CA"],
  });

  await using plain = await openServer("native", {
    services: [implement(echoDefinition, { Echo: unary(() => ({})) })],
  }).then((server) => Object.assign(server, { [Symbol.asyncDispose]: () => server.close() }));
  const address = formatAddress(await plain.listen(parseAddress("127.0.0.1:0")));
  using other = await openChannel("native", { addresses: [address] });
  const plaintext = other.call(echoDefinition.Echo, [{}], { deadline: Date.now() + 20_000 });
  await Array.fromAsync(plaintext.responses);
  assert.equal(await plaintext.security!(), undefined);
});

test("`call -v` prints the TLS parameters and the server's certificate", async () => {
  await using server = await serving("native", "tcp");
  const ca = join(server.folder, "ca.pem");
  await Deno.writeFile(ca, server.ca.pem);
  const answer = await run(
    Deno.execPath(),
    ...["run", "--quiet", "-P", "main.ts", "call", "-v", "echo", "hello"],
    ...["--to", server.address, "--tls-ca", ca],
  );
  assert.equal(answer.code, 0, answer.stderr);
  assert.equal(answer.stdout, "hello\n");
  assert.match(answer.stderr, /^signer: TLS: TLSv1\.3, TLS_[A-Z0-9_]+, full handshake$/m);
  assert.match(
    answer.stderr,
    /^signer: server certificate: CN=test; issued by CN=Test CA; expires in 0 days$/m,
  );
  assert.match(answer.stderr, /^signer: certificate chain: CN=test < CN=Test CA$/m);
});

for (const stack of stacks) {
  test(`${stack}: a call to a server with another name in its certificate fails with that reason`, async () => {
    await using server = await serving("native", "tcp");
    const call = echo(server.address, server.ca, { stack, authority: "other.example" });
    await assert.rejects(call, (error: Error) => {
      assert.match(error.message, /hostname mismatch/);
      assert.ok(findError(error, "net", "TLS_FAILED"));
      return true;
    });
  });

  test(`${stack}: closing a channel during a TLS handshake leaves no resource open`, async () => {
    // A server that accepts connections, and never answers.
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = silent.addr as Deno.NetAddr;
    using ca = await TestCa.create();
    using context = ca.clientContext();
    const channel = await openChannel(stack, {
      addresses: [`127.0.0.1:${port}`],
      tls: { context },
    });
    const connecting = channel.connect(Date.now() + 20_000);
    using accepted = await silent.accept();
    // The ClientHello: the handshake is under way.
    assert.ok(await accepted.read(new Uint8Array(10)));
    // grpc-js's timer between two addresses runs for 250 ms, and is not cleared when a channel is closed.
    await new Promise((resolve) => setTimeout(resolve, 300));
    channel[Symbol.dispose]();
    await assert.rejects(connecting);
    while (await accepted.read(new Uint8Array(10_000)) !== null);
  });
}

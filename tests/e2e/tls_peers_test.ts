/** TLS with other programs: attempts at a downgrade, and grpcio and grpc-go on both ends. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { gate } from "../_support/gate.ts";
import { type Output, peerTest, run } from "../_support/peers.ts";
import { PeerProcess } from "./_peer_process.ts";

const [test, { devCaFiles, runSigner, SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ ...await import("./_signer.ts"), ...await import("../../src/cli/dev_ca.ts") }),
);

const stacks: readonly Stack[] = ["native", "grpc-js"];
const withOpenssl = peerTest(test, "openssl");
const pythonEcho = fileURLToPath(new URL("../peers/python/tls_echo.py", import.meta.url));

/** Programs of other gRPC libraries that echo over mutual TLS, as client and as server. */
const echoPeers = [
  { peer: "python", name: "grpcio", program: [pythonEcho], runs: peerTest(test, "python") },
  { peer: "go_tls", name: "grpc-go", program: [], runs: peerTest(test, "go_tls") },
] as const;

/** A development CA in a folder of its own. */
async function createCa() {
  const folder = await Deno.makeTempDir();
  const made = await runSigner("keygen", "--dev-ca", folder);
  assert.equal(made.code, 0, made.stderr);
  const { ca, server, client } = devCaFiles(folder);
  return {
    folder,
    ca,
    server: ["--tls-cert", server.certificate, "--tls-key", server.privateKey],
    client: ["--tls-cert", client.certificate, "--tls-key", client.privateKey],
    trust: ["--tls-ca", ca.certificate],
    files: { ca: ca.certificate, server, client },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function serve(stack: Stack, ...options: string[]) {
  return SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--stack", stack, "--workers", "0"],
    ...["--log-level", "debug", ...options],
  );
}

/** Runs `openssl s_client` with an empty input, so that it ends after the handshake. */
async function sClient(openssl: string, address: string, ...args: string[]): Promise<string> {
  const at = address.replace("tcp://", "");
  const { stdout, stderr } = await run(openssl, "s_client", "-connect", at, "-brief", ...args);
  return stdout + stderr;
}

/** A ClientHello of SSL 2.0: version, lengths, one cipher (RC4 with MD5), 16 bytes of challenge. */
const SSL2_HELLO = Uint8Array.of(
  0x80,
  28,
  1,
  0,
  2,
  0,
  3,
  0,
  0,
  0,
  16,
  1,
  0,
  0x80,
  ...Array(16).fill(7),
);

/** A ClientHello of SSL 3.0 with the cipher suite RSA, 3DES and SHA-1. */
const SSL3_HELLO = Uint8Array.of(
  ...[22, 3, 0, 0, 45, 1, 0, 0, 41, 3, 0],
  ...Array(32).fill(7),
  ...[0, 0, 2, 0, 10, 1, 0],
);

/** Sends bytes, and resolves to what the server answers until it closes the connection. */
async function exchange(address: string, bytes: Uint8Array): Promise<Uint8Array> {
  const [, hostname, port] = /^tcp:\/\/(.*):(\d+)$/.exec(address)!;
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(bytes);
  const answer = new Uint8Array(1024);
  const read = await connection.read(answer).catch(() => null);
  return answer.subarray(0, read ?? 0);
}

/** Runs `openssl s_client` over TLS 1.2 and asks for a renegotiation by its command `R`. */
async function renegotiate(openssl: string, address: string): Promise<string> {
  const args = ["s_client", "-connect", address.replace("tcp://", ""), "-alpn", "h2", "-tls1_2"];
  const child = new Deno.Command(openssl, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const input = child.stdin.getWriter();
  let output = "";
  let hasAsked = false;
  await Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      // The handshake is printed, and the server's SETTINGS after it: openssl expects no data within a handshake.
      if (!hasAsked && /Verify return code[^]*\n---\n[^]/.test(output)) {
        hasAsked = true;
        await input.write(new TextEncoder().encode("R\n"));
      }
      if (/renegotiation:|SSL routines/.test(output)) end(child);
    }
  }));
  clearTimeout(timer);
  await input.close().catch(() => {});
  await child.status;
  return output;
}

/** Ends a process that may have ended by itself. */
function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch {
    // It has.
  }
}

/** Ciphers of TLS 1.2 that have no forward secrecy, or no AEAD. */
const weakCiphers = [
  "AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-ECDSA-AES256-SHA384",
  "DHE-RSA-AES128-GCM-SHA256",
  "NULL-SHA256",
];

for (const stack of stacks) {
  withOpenssl(
    `${stack}: older versions of TLS are refused, and weak suites of 1.2`,
    async (openssl) => {
      await using ca = await createCa();
      const old = ["-alpn", "h2", "-cipher", "ALL:@SECLEVEL=0"];
      {
        await using server = await serve(stack, ...ca.server);
        for (const version of ["-tls1", "-tls1_1", "-tls1_2"]) {
          const output = await sClient(openssl, server.addresses[0], ...old, version);
          assert.match(output, /alert protocol version/, version);
        }
        await server.logged(/unsupported protocol/);
      }
      await using server = await serve(stack, ...ca.server, "--tls-min", "1.2");
      const [at] = server.addresses;
      for (const version of ["-tls1", "-tls1_1"]) {
        assert.match(
          await sClient(openssl, at, ...old, version),
          /alert protocol version/,
          version,
        );
      }
      for (const cipher of weakCiphers) {
        const suite = ["-alpn", "h2", "-tls1_2", "-cipher", `${cipher}:@SECLEVEL=0`];
        assert.match(await sClient(openssl, at, ...suite), /alert handshake failure/, cipher);
      }
      const good = ["-alpn", "h2", "-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"];
      assert.match(await sClient(openssl, at, ...good), /Protocol version: TLSv1\.2/);
    },
  );

  withOpenssl(`${stack}: a client that does not offer h2 by ALPN is refused`, async (openssl) => {
    await using ca = await createCa();
    await using server = await serve(stack, ...ca.server);
    const [at] = server.addresses;
    assert.match(await sClient(openssl, at, "-alpn", "http/1.1"), /no application protocol/);
    await server.logged(/no application protocol|no shared/);
    // Without the extension OpenSSL goes on by itself.
    await sClient(openssl, at);
    await server.logged(/the peer has no ALPN/);
  });

  withOpenssl(
    `${stack}: the attempts of testssl at a downgrade come to nothing`,
    async (openssl) => {
      await using ca = await createCa();
      await using server = await serve(stack, ...ca.server, "--tls-min", "1.2");
      const [at] = server.addresses;
      const h2 = ["-alpn", "h2"];
      // A second attempt with 1.2, as after an attacker has cut the one with 1.3 (RFC 7507).
      const fallback = await sClient(openssl, at, ...h2, "-tls1_2", "-fallback_scsv");
      assert.match(fallback, /alert inappropriate fallback/);
      // Signatures by SHA-1 alone, and a curve of 192 bits alone.
      const old = [...h2, "-cipher", "DEFAULT:@SECLEVEL=0"];
      const sha1 = await sClient(openssl, at, ...old, "-tls1_2", "-sigalgs", "ECDSA+SHA1:RSA+SHA1");
      assert.match(sha1, /alert handshake failure/);
      const curve = await sClient(openssl, at, ...old, "-tls1_2", "-groups", "P-192");
      assert.match(curve, /alert handshake failure/);
      // Compression is agreed on by nobody, and tickets take no early data.
      const details = await sClient(openssl, at, ...old, "-comp", "-tls1_2");
      assert.match(details, /Protocol version: TLSv1\.2/);
      assert.doesNotMatch(details, /Compression: (?!NONE)/);
      // SSL 2.0 and 3.0, which openssl does not speak any more.
      for (const hello of [SSL2_HELLO, SSL3_HELLO]) {
        const answer = await exchange(at, hello);
        // An alert, or nothing: never a ServerHello (handshake record, type 22).
        assert.notEqual(answer[0], 22);
      }
      // A renegotiation, which is how CVE-2009-3555 injected a prefix: the alert no_renegotiation (100).
      const renegotiated = await renegotiate(openssl, at);
      assert.match(renegotiated, /no renegotiation/);
      assert.equal(await server.stop(), 0);
    },
  );

  for (const { peer, name, program, runs } of echoPeers) {
    runs(
      `${stack}: ${name} calls the server over mutual TLS, and is called by the client`,
      async (command) => {
        await using ca = await createCa();
        const { server: own, client } = ca.files;
        const identity = (files: typeof own) => [files.certificate, files.privateKey];
        await using server = await serve(stack, ...ca.server, "--tls-client-ca", ca.files.ca);
        const [, port] = /:(\d+)$/.exec(server.addresses[0])!;
        const answer: Output = await run(
          command,
          ...[...program, "client", `localhost:${port}`, ca.files.ca, ...identity(client)],
        );
        assert.match(answer.stdout, /^0a0568656c6c6f/, answer.stderr);

        await using other = await PeerProcess.start(
          command,
          ...[...program, "server", ca.files.ca, ...identity(own)],
        );
        const trusted = ["call", "--to", other.address, ...ca.trust, "--stack", stack];
        const called = await runSigner(...trusted, ...ca.client, "echo", "hello");
        assert.equal(called.stdout, "hello\n", called.stderr);
        // Both ends refuse a client without a certificate.
        const refused = await runSigner(...trusted, "echo", "hello");
        assert.equal(refused.code, 64 + 14, `${peer}: ${refused.stderr}`);
      },
    );
  }
}

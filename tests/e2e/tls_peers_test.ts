/** TLS with other programs: attempts at a downgrade, weak certificates, and grpcio. */
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
const withPython = peerTest(test, "python");
const pythonEcho = fileURLToPath(new URL("../peers/python/tls_echo.py", import.meta.url));

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

type TestCa = Awaited<ReturnType<typeof createCa>>;

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
    `${stack}: a client's certificate with RSA 1024 or SHA-1 is refused`,
    async (openssl) => {
      await using ca = await createCa();
      await using server = await serve(stack, ...ca.server, "--tls-client-ca", ca.files.ca);
      for (const { name, key, hash, reason } of weakCertificates) {
        await issueWeak(openssl, ca, name, key, hash, "clientAuth");
        const identity = ["-cert", `${ca.folder}/${name}.pem`, "-key", `${ca.folder}/${name}.key`];
        await sClient(openssl, server.addresses[0], "-alpn", "h2", ...anySecurity, ...identity);
        await server.logged(reason);
      }
    },
  );

  withOpenssl(
    `a server's certificate with RSA 1024 or SHA-1 is refused by a ${stack} client`,
    async (openssl) => {
      await using ca = await createCa();
      for (const { name, key, hash, reason } of weakCertificates) {
        await issueWeak(openssl, ca, name, key, hash, "serverAuth");
        await using server = await SServer.start(openssl, ca.folder, name);
        const { code, stderr } = await runSigner(
          ...["call", "--to", server.address, ...ca.trust, "--stack", stack, "echo", "hello"],
        );
        assert.equal(code, 64 + 14, stderr);
        assert.match(stderr, reason);
      }
    },
  );

  withPython(
    `${stack}: grpcio calls the server over mutual TLS, and is called by the client`,
    async (python) => {
      await using ca = await createCa();
      const { server: own, client } = ca.files;
      const identity = (files: typeof own) => [files.certificate, files.privateKey];
      await using server = await serve(stack, ...ca.server, "--tls-client-ca", ca.files.ca);
      const [, port] = /:(\d+)$/.exec(server.addresses[0])!;
      const answer: Output = await run(
        python,
        ...[pythonEcho, "client", `localhost:${port}`, ca.files.ca, ...identity(client)],
      );
      assert.match(answer.stdout, /^0a0568656c6c6f/, answer.stderr);

      await using peer = await PeerProcess.start(
        python,
        ...[pythonEcho, "server", ca.files.ca, ...identity(own)],
      );
      const called = await runSigner(
        ...["call", "--to", peer.address, ...ca.trust, ...ca.client, "--stack", stack],
        ...["echo", "hello"],
      );
      assert.equal(called.stdout, "hello\n", called.stderr);
    },
  );
}

const anySecurity = ["-cipher", "DEFAULT:@SECLEVEL=0"];

/** Certificates that are too weak, with the reason of OpenSSL for each. */
const weakCertificates = [
  { name: "rsa1024", key: "rsa:1024", hash: "-sha256", reason: /EE certificate key too weak/ },
  { name: "sha1", key: "rsa:2048", hash: "-sha1", reason: /signature digest algorithm too weak/ },
] as const;

/** Issues a certificate by the openssl program, since this one makes no weak certificates. */
async function issueWeak(
  openssl: string,
  { folder, ca }: TestCa,
  name: string,
  key: string,
  hash: string,
  usage: string,
): Promise<void> {
  const path = `${folder}/${name}`;
  const extensions = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" +
    `subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=${usage}\n`;
  await Deno.writeTextFile(`${path}.ext`, extensions);
  const commands = [
    ["req", "-new", "-newkey", key, "-nodes", "-subj", "/CN=weak", "-keyout", `${path}.key`],
    ["x509", "-req", hash, "-CA", ca.certificate, "-CAkey", ca.privateKey, "-days", "1"],
  ];
  const files = [
    ["-out", `${path}.csr`],
    ["-in", `${path}.csr`, "-extfile", `${path}.ext`, "-out", `${path}.pem`],
  ];
  for (const [index, command] of commands.entries()) {
    const { code, stderr } = await run(openssl, ...command, ...files[index]);
    assert.equal(code, 0, stderr);
  }
}

/** An `openssl s_server` that accepts weak certificates of its own. */
class SServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly address: string;

  private constructor(child: Deno.ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(openssl: string, folder: string, name: string): Promise<SServer> {
    const child = new Deno.Command(openssl, {
      args: [
        ...["s_server", "-accept", "127.0.0.1:0", "-alpn", "h2", ...anySecurity],
        ...["-cert", `${folder}/${name}.pem`, "-key", `${folder}/${name}.key`],
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      assert.ok(!done, `openssl s_server ended: ${text}`);
      text += value;
      // `ACCEPT 127.0.0.1:PORT`
      const [, address] = /^ACCEPT (\S+:\d+)\n/m.exec(text) ?? [];
      if (address === undefined) continue;
      await reader.cancel();
      return new SServer(child, address);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
  }
}

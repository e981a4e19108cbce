/**
 * Certificates with a key of RSA 1024 or a signature by SHA-1: refused on every transport by both ends of both stacks,
 * also where openssl.cnf allows them. The peer is the openssl program, since this one makes no such certificates;
 * a relay leads it to the transports that it does not know. In the guest of `scripts/guest_vm.ts`, vsock is real.
 */
import assert from "node:assert/strict";
import { inGuest } from "../net/_transports.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import { Relay } from "./_relay.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions, settle, stacks } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, async () => ({
  ...await loadStage(),
  ...await import("../../src/cli/dev_ca.ts"),
}));
const { devCaFiles, net } = loaded;
const withOpenssl = peerTest(test, "openssl");

const anySecurity = ["-cipher", "DEFAULT:@SECLEVEL=0"];

/** Certificates that are too weak, with the reason of OpenSSL for each. */
const weakCertificates = [
  { name: "rsa1024", key: "rsa:1024", hash: "-sha256", reason: /EE certificate key too weak/ },
  { name: "sha1", key: "rsa:2048", hash: "-sha1", reason: /signature digest algorithm too weak/ },
] as const;

/** A development CA with weak certificates, in a folder of its own. */
class WeakCa implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(openssl: string, usage: "clientAuth" | "serverAuth"): Promise<WeakCa> {
    const made = new WeakCa(await Deno.makeTempDir());
    const { code, stderr } = await loaded.signer.runSigner("keygen", "--dev-ca", made.folder);
    assert.equal(code, 0, stderr);
    // Allows SHA-1 and RSA 1024 to every program that reads it.
    await Deno.writeTextFile(made.config, CONFIG);
    for (const { name, key, hash } of weakCertificates) {
      await made.#issue(openssl, name, key, hash, usage);
    }
    return made;
  }

  /** An openssl.cnf that lowers the security level. */
  get config(): string {
    return `${this.folder}/openssl.cnf`;
  }

  /** The options of openssl that name a certificate and its key. */
  identity(name: string): string[] {
    return ["-cert", `${this.folder}/${name}.pem`, "-key", `${this.folder}/${name}.key`];
  }

  async #issue(openssl: string, name: string, key: string, hash: string, usage: string) {
    const { ca } = devCaFiles(this.folder);
    const path = `${this.folder}/${name}`;
    await Deno.writeTextFile(
      `${path}.ext`,
      "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" +
        `subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=${usage}\n`,
    );
    const commands = [
      [
        ...["req", "-new", "-newkey", key, "-nodes", "-subj", "/CN=weak"],
        ...["-config", this.config, "-keyout", `${path}.key`, "-out", `${path}.csr`],
      ],
      [
        ...["x509", "-req", hash, "-CA", ca.certificate, "-CAkey", ca.privateKey, "-days", "1"],
        ...["-in", `${path}.csr`, "-extfile", `${path}.ext`, "-out", `${path}.pem`],
      ],
    ];
    for (const command of commands) {
      const { code, stderr } = await run(openssl, ...command);
      assert.equal(code, 0, stderr);
    }
  }

  [Symbol.asyncDispose]() {
    return Deno.remove(this.folder, { recursive: true });
  }
}

const CONFIG = `openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = any
[any]
CipherString = DEFAULT:@SECLEVEL=0
[req]
distinguished_name = name
[name]
`;

// The guest is slow, and starts a program for each attempt.
for (const stack of inGuest() ? stacks.slice(0, 1) : stacks) {
  withOpenssl(
    `${stack}: a client's certificate with RSA 1024 or SHA-1 is refused on every transport`,
    async (openssl) => {
      await using ca = await WeakCa.create(openssl, "clientAuth");
      await using opened = await openWays(net, ca.folder);
      const { ca: root, server: own } = devCaFiles(ca.folder);
      Deno.env.set("OPENSSL_CONF", ca.config);
      await using server = await loaded.signer.SignerProcess.start(
        ...["--generate", "ed25519", "--stack", stack, "--workers", "0", "--log-level", "debug"],
        ...["--tls-cert", own.certificate, "--tls-key", own.privateKey],
        ...["--tls-client-ca", root.certificate, ...serveOptions(opened)],
      ).finally(() => Deno.env.delete("OPENSSL_CONF"));
      for (const [index, { target }] of [...opened.values()].entries()) {
        const path = `${ca.folder}/relay-${index}.sock`;
        const to = net.parseAddress(target);
        await using _relay = await Relay.open(net, net.unixAddress(path), to);
        for (const { name, reason } of weakCertificates) {
          const connect = ["s_client", "-unix", path, "-brief", "-alpn", "h2", ...anySecurity];
          await run(openssl, ...connect, ...ca.identity(name));
          await server.logged(reason);
        }
      }
      assert.equal(await server.stop(), 0);
      await settle(net);
    },
  );

  withOpenssl(
    `a server's certificate with RSA 1024 or SHA-1 is refused by a ${stack} client on every transport`,
    async (openssl) => {
      await using ca = await WeakCa.create(openssl, "serverAuth");
      const trust = devCaFiles(ca.folder).ca.certificate;
      for (const { name, reason } of weakCertificates) {
        await using weak = await SServer.start(openssl, ca.identity(name));
        await using opened = await openWays(net, ca.folder);
        for (const [{ name: way }, { listens, target }] of opened) {
          await using _relay = await Relay.open(net, listens, net.parseAddress(weak.address));
          Deno.env.set("OPENSSL_CONF", ca.config);
          const { code, stderr } = await loaded.signer.runSigner(
            ...["call", "--to", target, "--tls-ca", trust, "--authority", "localhost"],
            ...["--stack", stack, "echo", "hello"],
          ).finally(() => Deno.env.delete("OPENSSL_CONF"));
          assert.equal(code, 64 + 14, `${way}: ${stderr}`);
          assert.match(stderr, reason, way);
        }
      }
      await settle(net);
    },
  );
}

/** An `openssl s_server` that accepts weak certificates of its own. */
class SServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly address: string;

  private constructor(child: Deno.ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(openssl: string, identity: readonly string[]): Promise<SServer> {
    const child = new Deno.Command(openssl, {
      args: ["s_server", "-accept", "127.0.0.1:0", "-alpn", "h2", ...anySecurity, ...identity],
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

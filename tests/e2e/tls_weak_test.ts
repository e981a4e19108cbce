/**
 * Certificates with a key of RSA 1024 or a signature by SHA-1: refused on every transport by both ends of both stacks,
 * also where openssl.cnf allows them. The peer is the openssl program, since this one makes no such certificates;
 * a relay leads it to the transports that it does not know. In the guest of `scripts/guest_vm.ts`, vsock is real.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { TestCa as Ca } from "../_support/certificates.ts";
import { matchOutput } from "../_support/match_output.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import type { WeakCall } from "./_weak_calls.ts";
import { Relay } from "./_relay.ts";
import { settle } from "../net/_transports.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions, stacks } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, async () => ({
  ...await loadStage(),
  ...await import("../_support/certificates.ts"),
}));
const { net, TestCa } = loaded;
const withOpenssl = peerTest(test, "openssl");

const anySecurity = ["-cipher", "DEFAULT:@SECLEVEL=0"];

/** Certificates that are too weak, with the reason of OpenSSL for each. */
const weakCertificates = [
  { name: "rsa1024", key: "rsa:1024", hash: "-sha256", reason: /EE certificate key too weak/ },
  { name: "sha1", key: "rsa:2048", hash: "-sha1", reason: /signature digest algorithm too weak/ },
] as const;

/** Certificates for a server and a client, good and weak ones, of one CA, in a folder of its own. */
class Certificates implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(openssl: string): Promise<Certificates> {
    const made = new Certificates(await Deno.makeTempDir());
    using ca = await TestCa.create();
    await made.#write("ca", ca.pem, ca.privateKey);
    await made.#issueGood(ca);
    await Deno.writeTextFile(made.config, CONFIG);
    for (const { name, key, hash } of weakCertificates) {
      await made.#issueWeak(openssl, name, key, hash);
    }
    return made;
  }

  /** An openssl.cnf that allows SHA-1 and RSA 1024 to every program that reads it. */
  get config(): string {
    return `${this.folder}/openssl.cnf`;
  }

  certificate(name: string): string {
    return `${this.folder}/${name}.pem`;
  }

  privateKey(name: string): string {
    return `${this.folder}/${name}.key`;
  }

  /** The options of openssl that name a certificate and its key. */
  identity(name: string): string[] {
    return ["-cert", this.certificate(name), "-key", this.privateKey(name)];
  }

  async #issueGood(ca: Ca) {
    using server = await ca.issue();
    await this.#write("server", server.certificates, server.privateKey);
  }

  async #issueWeak(openssl: string, name: string, key: string, hash: string) {
    const path = `${this.folder}/${name}`;
    await Deno.writeTextFile(
      `${path}.ext`,
      "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" +
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n",
    );
    const commands = [
      [
        ...["req", "-new", "-newkey", key, "-nodes", "-subj", "/CN=weak"],
        ...["-config", this.config, "-keyout", this.privateKey(name), "-out", `${path}.csr`],
      ],
      [
        ...["x509", "-req", hash, "-days", "1", "-extfile", `${path}.ext`, "-in", `${path}.csr`],
        ...["-CA", this.certificate("ca"), "-CAkey", this.privateKey("ca")],
        ...["-out", this.certificate(name)],
      ],
    ];
    for (const command of commands) {
      const { code, stderr } = await run(openssl, ...command);
      assert.equal(code, 0, stderr);
    }
  }

  async #write(name: string, certificates: Uint8Array, privateKey: Uint8Array) {
    await Deno.writeFile(this.certificate(name), certificates);
    await Deno.writeFile(this.privateKey(name), privateKey, { mode: 0o600 });
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

for (const stack of stacks) {
  withOpenssl(
    `${stack}: a client's certificate with RSA 1024 or SHA-1 is refused on every transport`,
    async (openssl) => {
      await using made = await Certificates.create(openssl);
      await using opened = await openWays(net, made.folder);
      await using server = await loaded.signer.SignerProcess.startIn(
        { OPENSSL_CONF: made.config },
        ...["--generate", "ed25519", "--stack", stack, "--workers", "0", "--log-level", "debug"],
        ...["--tls-cert", made.certificate("server"), "--tls-key", made.privateKey("server")],
        ...["--tls-client-ca", made.certificate("ca"), ...serveOptions(opened)],
      );
      for (const [index, { target }] of [...opened.values()].entries()) {
        const path = `${made.folder}/relay-${index}.sock`;
        const to = net.parseAddress(target);
        await using _relay = await Relay.open(net, net.unixAddress(path), to);
        for (const { name, reason } of weakCertificates) {
          const connect = ["s_client", "-unix", path, "-brief", "-alpn", "h2", ...anySecurity];
          await run(openssl, ...connect, ...made.identity(name));
          await server.logged(reason);
        }
      }
      assert.equal(await server.stop(), 0);
      await settle(net);
    },
  );
}

withOpenssl(
  "a server's certificate with RSA 1024 or SHA-1 is refused by clients of both stacks on every transport",
  async (openssl) => {
    await using made = await Certificates.create(openssl);
    await using disposables = new AsyncDisposableStack();
    const calls: WeakCall[] = [];
    for (const { name, reason } of weakCertificates) {
      const weak = disposables.use(await SServer.start(openssl, made.identity(name)));
      const folder = `${made.folder}/${name}`;
      await Deno.mkdir(folder);
      const opened = disposables.use(await openWays(net, folder));
      for (const [{ name: way }, { listens, target }] of opened) {
        disposables.use(await Relay.open(net, listens, net.parseAddress(weak.address)));
        for (const stack of stacks) calls.push({ way, stack, target, reason: reason.source });
      }
    }
    const failures = await callAll(made, calls);
    assert.equal(failures.length, calls.length);
    for (const [index, { way, stack, reason }] of calls.entries()) {
      assert.match(
        failures[index],
        new RegExp(`^UNAVAILABLE: .*${reason}`, "s"),
        `${way}, ${stack}`,
      );
    }
    await settle(net);
  },
);

/** Makes calls in a process that reads the openssl.cnf, and returns the message of each failure. */
async function callAll(made: Certificates, calls: readonly WeakCall[]): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-P", new URL("_weak_calls.ts", import.meta.url).pathname],
      ...[made.certificate("ca"), JSON.stringify(calls)],
    ],
    env: { OPENSSL_CONF: made.config },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
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
    // `ACCEPT 127.0.0.1:PORT`
    const { match: [, address] } = await matchOutput(child, reader, /^ACCEPT (\S+:\d+)\n/m);
    await reader.cancel();
    return new SServer(child, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
  }
}

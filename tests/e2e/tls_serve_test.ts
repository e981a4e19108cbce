/** TLS of `signer serve`: several certificates, their reload on SIGHUP, and log lines about their expiry. @module */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import type { TlsFiles as Files } from "../_support/tls_files.ts";
import { gate } from "../_support/gate.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../_support/tls_files.ts"),
    ...await import("../../src/net/mod.ts"),
  }),
);
const { call, dialTls, echo, openChannel, parseAddress, runSigner, SignerProcess } = loaded;
const { TlsFiles } = loaded;

type Server = Awaited<ReturnType<typeof SignerProcess.start>>;

/** The serial numbers of the certificates that new connections get, over as many as reach each worker. */
async function serials(server: Server, files: Files, name: string): Promise<Set<string>> {
  using context = files.ca.clientContext();
  const found = new Set<string>();
  for (let i = 0; i < 6; i++) {
    using stream = await dialTls(context, parseAddress(server.addresses[0]), name);
    found.add(new X509Certificate(stream.peerCertificate!).serialNumber);
  }
  return found;
}

async function serialOf(path: string): Promise<string> {
  return new X509Certificate(await Deno.readFile(path)).serialNumber;
}

const tcp = ["--tcp", "127.0.0.1:0", "--generate", "ed25519"];

const threads: Readonly<Record<string, readonly string[]>> = {
  "on the main thread": ["--workers", "0"],
  "in two workers": ["--workers", "2"],
  "on grpc-js": ["--stack", "grpc-js"],
};

for (const [where, options] of Object.entries(threads)) {
  test(`a server ${where} sends the certificate of the name that is asked for`, async () => {
    await using files = await TlsFiles.create();
    await files.issue("first", { names: ["first.example"] });
    await files.issue("second", { names: ["*.second.example"] });
    await using server = await SignerProcess.start(
      ...[...tcp, ...options, ...files.options("first", "second")],
    );
    for (const [name, file] of [["first.example", "first"], ["a.second.example", "second"]]) {
      const serial = await serialOf(files.path(`${file}.pem`));
      assert.deepEqual(await serials(server, files, name), new Set([serial]));
    }
  });
}

const unreadable: Readonly<Record<string, (path: string) => Promise<void>>> = {
  async "a named pipe"(path) {
    await new Deno.Command("mkfifo", { args: [path] }).output();
  },
  "a device": (path) => Deno.symlink("/dev/zero", path),
};

for (const [where, options] of Object.entries(threads)) {
  test(`SIGHUP reads certificates again ${where}, all or none, and open connections go on`, async () => {
    await using files = await TlsFiles.create();
    await files.issue("server", {});
    await using server = await SignerProcess.start(
      ...[...tcp, ...options, ...files.options("server")],
    );
    using context = files.ca.clientContext();
    using channel = openChannel({ addresses: server.addresses, tls: { context } });
    await call(channel, echo.Echo, {});
    const before = await serialOf(files.path("server.pem"));
    assert.deepEqual(await serials(server, files, "localhost"), new Set([before]));

    await files.issue("server", { until: 3 });
    const after = await serialOf(files.path("server.pem"));
    server.signal("SIGHUP");
    await server.logged(/A TLS certificate expires soon.*daysLeft=2/);
    await server.logged(/Certificates read again.*certificates=1/);
    assert.deepEqual(await serials(server, files, "localhost"), new Set([after]));

    // The key of another certificate.
    const pem = await Deno.readFile(files.path("server.pem"));
    await files.issue("server", {});
    await Deno.writeFile(files.path("server.pem"), pem);
    server.signal("SIGHUP");
    await server.logged(/certificates, tokens and rules stay as they are.*private key is not that/);
    assert.deepEqual(await serials(server, files, "localhost"), new Set([after]));
    // The connection from before the reload.
    await call(channel, echo.Echo, {});
    assert.equal(await server.stop(), 0);
  });
}

// The server waited for a writer of the pipe without an end, or read /dev/zero until it had no memory: SIGTERM and later
// reloads had no effect.
for (const [kind, replace] of Object.entries(unreadable)) {
  test(`A revocation list that was replaced by ${kind} changes nothing at a reload`, async () => {
    await using files = await TlsFiles.create();
    await files.issue("server", {});
    const crl = files.path("list.pem");
    await Deno.writeFile(crl, files.ca.revoke());
    await using server = await SignerProcess.start(
      ...[...tcp, "--workers", "0", ...files.options("server"), "--tls-client-ca"],
      ...[files.path("ca.pem"), "--tls-client-auth", "request", "--tls-crl", crl],
    );
    await Deno.remove(crl);
    await replace(crl);
    server.signal("SIGHUP");
    await server.logged(/certificates, tokens and rules stay as they are.*list\.pem.*regular file/);
    assert.equal(await server.stop(), 0);
  });
}

test("a client that is revoked by a reload is refused, also with a session ticket of before", async () => {
  await using files = await TlsFiles.create();
  await files.issue("server", {});
  await files.issue("client", { usage: "client" });
  using other = await files.ca.issue({ usage: "client" });
  await Deno.writeFile(files.path("crl.pem"), files.ca.revoke(other));
  await using server = await SignerProcess.start(
    ...[...tcp, "--workers", "2", ...files.options("server")],
    ...["--tls-client-ca", files.path("ca.pem"), "--tls-crl", files.path("crl.pem")],
  );
  const connect = (...args: string[]) =>
    sClient(server.addresses[0], files, ["-cert", "client.pem", "-key", "client.key"], args);
  assert.match(await connect("-sess_out", files.path("session")), /^New, TLSv1\.3/m);
  assert.match(await connect("-sess_in", files.path("session")), /^Reused, TLSv1\.3/m);

  const certificates = await Deno.readFile(files.path("client.pem"));
  await Deno.writeFile(files.path("crl.pem"), files.ca.revoke(other, { certificates }));
  server.signal("SIGHUP");
  await server.logged(/Certificates read again/);
  for (const session of [[], ["-sess_in", files.path("session")]]) {
    const output = await connect(...session);
    assert.doesNotMatch(output, /^Reused/m);
    assert.match(output, /alert certificate revoked/);
  }
});

/** Seconds for which the certificate of a client is valid: the second number is for a busy machine. */
const SHORT_SECONDS = [3, 20];
const DAY_SECONDS = 86_400;

// OpenSSL verifies no certificate again when a session is resumed, and a resumed session gets a new ticket: a client went on
// with its tickets until their keys were replaced, up to 12 hours after its certificate had expired.
test("a client whose certificate has expired is refused, also with a session ticket of before", async () => {
  // At the same time, because each waits for the end of a certificate.
  await Promise.all(
    Object.values(threads).map(async (options) => {
      await using files = await TlsFiles.create();
      await files.issue("server", {});
      await using server = await SignerProcess.start(
        ...[...tcp, ...options, ...files.options("server")],
        ...["--tls-client-ca", files.path("ca.pem"), "--log-level", "debug"],
      );
      const session = files.path("session");
      const connect = (...args: string[]) =>
        sClient(server.addresses[0], files, ["-cert", "client.pem", "-key", "client.key"], args);
      for (const seconds of SHORT_SECONDS) {
        const until = Date.now() + seconds * 1_000;
        await files.issue("client", { usage: "client", until: seconds / DAY_SECONDS });
        const first = await connect("-sess_out", session);
        if (/alert certificate expired/.test(first)) continue;
        assert.match(first, /^New, TLSv1\.3/m);
        // Dates of certificates are whole seconds.
        await new Promise((resolve) => setTimeout(resolve, until + 1_000 - Date.now()));
        break;
      }
      assert.match(await connect(), /alert certificate expired/);
      await server.logged(/certificate has expired \(certificate\)/);
      // The client's half of the handshake is done when the server looks at the certificate.
      await connect("-sess_in", session);
      await server.logged(/certificate has expired \(certificate of a resumed session\)/);
    }),
  );
});

test("--tls-crl of each client command refuses a server whose certificate is revoked", async () => {
  await using files = await TlsFiles.create();
  await files.issue("server", {});
  using other = await files.ca.issue();
  const certificates = await Deno.readFile(files.path("server.pem"));
  await Deno.writeFile(files.path("clear.pem"), files.ca.revoke(other));
  await Deno.writeFile(files.path("revoked.pem"), files.ca.revoke({ certificates }));
  await using server = await SignerProcess.start(
    ...[...tcp, "--workers", "0", ...files.options("server")],
    ...["--key", `web=${files.path("server.key")}`],
  );
  const trust = ["--to", server.addresses[0], "--tls-ca", files.path("ca.pem")];
  const commands = [
    ["call", "echo", "hello"],
    ["call", "--stack", "grpc-js", "echo", "hello"],
    ["bench", "echo", "-n", "2", "-c", "1"],
    ["csr", "--key", "web", "--subject", "/CN=web"],
  ];
  for (const command of commands) {
    const clear = await runSigner(...command, ...trust, "--tls-crl", files.path("clear.pem"));
    assert.equal(clear.code, 0, clear.stderr);
    const revoked = await runSigner(...command, ...trust, "--tls-crl", files.path("revoked.pem"));
    assert.notEqual(revoked.code, 0, command.join(" "));
    assert.match(revoked.stderr + revoked.stdout, /certificate revoked/, command.join(" "));
  }
  const wrong = await runSigner("call", ...trust, "--tls-crl", files.path("ca.pem"), "list");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /There is no revocation list in PEM/);
});

/** The line that ends `openssl s_client` (openssl-s_client(1ssl)). */
const QUIT = new TextEncoder().encode("Q\n");

/**
 * Runs `openssl s_client` until the server has accepted or refused it, or has sent the ticket for `-sess_out`. Returns its
 * output.
 */
async function sClient(
  address: string,
  files: Files,
  identity: readonly string[],
  args: readonly string[],
): Promise<string> {
  const child = new Deno.Command("openssl", {
    args: [
      ...["s_client", "-connect", address.replace("tcp://", ""), "-alpn", "h2"],
      ...["-CAfile", "ca.pem", ...identity, ...args],
    ],
    cwd: files.folder,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const end = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(end, 20_000);
  // The output of a ticket stays in openssl's buffer until its end, and the file of the session does not.
  const session = args[args.indexOf("-sess_out") + 1];
  const input = child.stdin.getWriter();
  const looks = setInterval(() => {
    if (!args.includes("-sess_out") || !existsSync(session)) return;
    clearInterval(looks);
    input.write(QUIT).catch(() => {});
  }, 20);
  let output = "";
  await Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      // The first ticket, which the server sends to a client that it accepts; or its alert. A ticket of a resumed
      // session may be printed late.
      if (/Post-Handshake New Session Ticket|^Reused|alert/m.test(output)) end();
    }
  }));
  clearTimeout(timer);
  clearInterval(looks);
  await input.close().catch(() => {});
  await child.status;
  return output;
}

test("certificates and keys that do not pair are refused", async () => {
  const { code, stderr } = await runSigner(
    ...["serve", "--tls-cert", "a.pem", "--tls-key", "a.key", "--tls-cert", "b.pem"],
  );
  assert.equal(code, 2);
  assert.match(stderr, /There are 2 of --tls-cert and 1 of --tls-key/);
});

test("certificates that expire soon are logged at the start", async () => {
  await using files = await TlsFiles.create();
  await files.issue("week", { names: ["week.example"], until: 5.5 });
  await files.issue("year", { names: ["year.example"], until: 365 });
  await using server = await SignerProcess.start(
    ...[...tcp, "--workers", "0", ...files.options("week", "year")],
  );
  assert.equal(await server.stop(), 0);
  const log = await server.log;
  assert.match(log, /level=warning .*A TLS certificate expires soon.*daysLeft=5\b/);
  assert.equal(log.match(/expires soon/g)!.length, 1);
});

test(
  "grpcurl's and ghz's spellings of TLS options reach a server",
  async () => {
    await using files = await TlsFiles.create();
    await files.issue("server", { names: ["server.example"] });
    await using server = await SignerProcess.start(
      ...[...tcp, "--workers", "0", ...files.options("server")],
    );
    const to = ["--to", server.addresses[0]];
    const trust = ["-cacert", files.path("ca.pem")];
    const asGrpcurl = await runSigner(
      ...["call", ...trust, "-servername", "server.example", ...to, "echo", "hello"],
    );
    assert.equal(asGrpcurl.stdout, "hello\n", asGrpcurl.stderr);
    const asGhz = await runSigner(
      ...["bench", "echo", "--cacert", files.path("ca.pem"), "--cname", "server.example"],
      ...[...to, "-n", "5", "-c", "1"],
    );
    assert.match(asGhz.stdout, /\[OK\] +5 responses/, asGhz.stderr);
    const insecure = await runSigner("call", ...to, "-insecure", "echo", "hello");
    assert.equal(insecure.code, 2);
    assert.match(insecure.stderr, /-insecure would accept any certificate/);
  },
);

/** Revocation lists of `openssl ca`: before their end, after it, and renewed. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { runSigner, SignerProcess, TlsFiles }] = await gate(
  ["env", "ffi", "net", "read", "run", "write"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../_support/tls_files.ts"),
  }),
);

const DAY_MS = 86_400_000;

/** A CA of clients, by openssl(1). */
class ClientCa {
  constructor(readonly folder: string, readonly name: string) {}

  static async create(folder: string, name: string): Promise<ClientCa> {
    const ca = new ClientCa(folder, name);
    const settings = [
      ...["[ca]", "default_ca = this", "[this]", `database = ${folder}/${name}.index`],
      ...["default_md = sha256", "[req]", "distinguished_name = dn", "[dn]", ""],
    ];
    await Deno.writeTextFile(ca.path("index"), "");
    await Deno.writeTextFile(ca.path("cnf"), settings.join("\n"));
    await ca.#openssl(
      ...["req", "-x509", ...newKey, "-keyout", ca.path("key"), "-out", ca.path("pem")],
      ...["-subj", `/O=Example/CN=${name}`, "-days", "2"],
      ...["-addext", "basicConstraints=critical,CA:TRUE"],
      ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
      ...["-addext", "subjectKeyIdentifier=hash"],
    );
    return ca;
  }

  path(extension: string): string {
    return `${this.folder}/${this.name}.${extension}`;
  }

  /** Issues a client's certificate, and returns the options of `call` that name it. */
  async issue(client: string): Promise<string[]> {
    const [key, request, extensions, certificate] = ["key", "csr", "ext", "pem"]
      .map((extension) => `${this.folder}/${client}.${extension}`);
    await this.#openssl(
      "req",
      ...newKey,
      "-keyout",
      key,
      "-out",
      request,
      "-subj",
      `/CN=${client}`,
    );
    await Deno.writeTextFile(extensions, "extendedKeyUsage = clientAuth\n");
    await this.#openssl(
      ...["x509", "-req", "-in", request, "-CA", this.path("pem"), "-CAkey", this.path("key")],
      ...["-CAcreateserial", "-days", "1", "-extfile", extensions, "-out", certificate],
    );
    return ["--tls-cert", certificate, "--tls-key", key];
  }

  async revoke(client: string): Promise<void> {
    await this.#ca("-revoke", `${this.folder}/${client}.pem`);
  }

  /** Writes the list to a file, issued and to be renewed at times in days from now. */
  async writeList(file: string, issued: number, next: number): Promise<void> {
    await this.#ca(
      "-gencrl",
      "-crl_lastupdate",
      at(issued),
      "-crl_nextupdate",
      at(next),
      "-out",
      file,
    );
  }

  #ca(...args: string[]): Promise<void> {
    return this.#openssl("ca", "-cert", this.path("pem"), "-keyfile", this.path("key"), ...args);
  }

  async #openssl(command: string, ...args: string[]): Promise<void> {
    const config = ["req", "ca"].includes(command) ? ["-config", this.path("cnf")] : [];
    const { success, stderr } = await new Deno.Command("openssl", {
      args: [command, ...config, ...args],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    // A key is written with the mode of the umask or 0600, by the version of OpenSSL.
    for await (const { name } of Deno.readDir(this.folder)) {
      if (name.endsWith(".key")) await Deno.chmod(`${this.folder}/${name}`, 0o600);
    }
  }
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A time as YYYYMMDDHHMMSSZ. */
function at(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
}

test("a list is reported before its end; after it clients are refused until a reload of a new one", async () => {
  await using files = await TlsFiles.create();
  await files.issue("server", {});
  const ca = await ClientCa.create(files.folder, "clients");
  const good = await ca.issue("good");
  const bad = await ca.issue("bad");
  await ca.revoke("bad");
  const list = files.path("list.pem");
  await ca.writeList(list, -9, 1);
  const serverOptions = [
    ...["--tcp", "127.0.0.1:0", "--workers", "1", "--log-level", "info,native=debug"],
    ...[...files.options("server"), "--tls-client-ca", ca.path("pem"), "--tls-crl", list],
  ];
  await using server = await SignerProcess.start(...serverOptions);
  const call = (identity: string[]) =>
    runSigner(
      ...["call", "echo", "hello", "--to", server.addresses[0], "--tls-ca", files.path("ca.pem")],
      ...identity,
    );
  await server.logged(
    /level=warning .*A revocation list expires soon.*issuer="?CN=clients,O=Example.*expires=20/,
  );
  assert.equal((await call(good)).code, 0);
  assert.notEqual((await call(bad)).code, 0);
  await server.logged(/certificate revoked/);

  await ca.writeList(list, -9, -1);
  server.signal("SIGHUP");
  await server.logged(/level=error .*A revocation list has expired.*issuer="?CN=clients,O=Example/);
  assert.notEqual((await call(good)).code, 0);
  await server.logged(/CRL has expired/);
  const check = await runSigner("serve", "--check", ...serverOptions);
  assert.equal(check.code, 0, check.stderr);
  assert.match(check.stderr, /warning: the revocation list of CN=clients,O=Example has expired/);

  await ca.writeList(list, -1, 30);
  server.signal("SIGHUP");
  await server.logged(/Certificates read again/);
  const { code, stderr } = await call(good);
  assert.equal(code, 0, stderr);
  assert.equal(await server.stop(), 0);
  assert.equal((await server.log).match(/A revocation list/g)!.length, 2);
});

test("a client of a CA without a list is refused when there is a list of another CA", async () => {
  await using files = await TlsFiles.create();
  await files.issue("server", {});
  const first = await ClientCa.create(files.folder, "first");
  const second = await ClientCa.create(files.folder, "second");
  const list = files.path("list.pem");
  await first.writeList(list, -1, 30);
  const cas = await Promise.all([first, second].map((ca) => Deno.readTextFile(ca.path("pem"))));
  await Deno.writeTextFile(files.path("cas.pem"), cas.join(""));
  await using server = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--workers", "0", "--log-level", "info,native=debug"],
    ...[...files.options("server"), "--tls-client-ca", files.path("cas.pem"), "--tls-crl", list],
  );
  const call = async (identity: string[]) =>
    (await runSigner(
      ...["call", "echo", "hello", "--to", server.addresses[0], "--tls-ca", files.path("ca.pem")],
      ...identity,
    )).code;
  assert.equal(await call(await first.issue("one")), 0);
  assert.notEqual(await call(await second.issue("two")), 0);
  await server.logged(/unable to get certificate CRL/);
  assert.equal(await server.stop(), 0);
});

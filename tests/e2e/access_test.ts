/**
 * Tokens and rules of `signer serve`: on both stacks and in workers, reloaded by SIGHUP, and with other clients.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { RpcChannel, RpcError as RpcErrorType } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../_support/certificates.ts"),
    ...await import("../../src/grpc/mod.ts"),
  }),
);
const { call, echo, Metadata, openChannel, runSigner, signing, SignerProcess, TestCa } = loaded;

type Server = Awaited<ReturnType<typeof SignerProcess.start>>;

const threads: Readonly<Record<string, readonly string[]>> = {
  "on the main thread": ["--workers", "0"],
  "in two workers": ["--workers", "2"],
  "on grpc-js": ["--stack", "grpc-js"],
};

/** A folder with two keys, a token of `deploy`, and rules; and the options of a server of them. */
async function prepared(rules: string) {
  const folder = await Deno.makeTempDir();
  const path = (name: string) => join(folder, name);
  for (const id of ["release-1", "other"]) {
    await runSigner("keygen", "--type", "ecdsa-p256", "--out", path(`${id}.pem`));
  }
  const write = (name: string, text: string) =>
    Deno.writeTextFile(path(name), text, { mode: 0o600 });
  const { stdout: line } = await runSigner("token", "new", "deploy", "--out", path("deploy.token"));
  await write("tokens", line);
  await write("rules.yaml", rules);
  return {
    path,
    write,
    line,
    token: (await Deno.readTextFile(path("deploy.token"))).trim(),
    options: [
      ...["--tcp", "127.0.0.1:0", "--key-dir", folder],
      ...["--tokens", path("tokens"), "--rules", path("rules.yaml")],
    ],
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function bearer(token: string | undefined) {
  return token === undefined
    ? {}
    : { metadata: new Metadata([["authorization", `Bearer ${token}`]]) };
}

/** The ids of ListKeys, or the status of its error. */
async function listed(channel: RpcChannel, token?: string): Promise<string> {
  try {
    const { responses } = channel.call<object, { keys: { keyId: string }[] }>(
      signing.ListKeys as never,
      [{}],
      bearer(token),
    );
    const [{ keys }] = await Array.fromAsync(responses);
    return keys.map(({ keyId }) => keyId).join(" ");
  } catch (error) {
    return String((error as RpcErrorType).code);
  }
}

/** The answers of as many connections as it takes to reach each worker. */
async function listedEverywhere(server: Server, token?: string): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: 6 }, async () => {
    using channel = openChannel({ addresses: [server.addresses[0]!] });
    return await listed(channel, token);
  }));
  return [...new Set(answers)];
}

const rules = `
rules:
  - who: {token: deploy}
    keys: ["release-*"]
  - who: {uid: ${Deno.uid()}}
    keys: other
    operations: [list, verify]
`;

for (const [name, options] of Object.entries(threads)) {
  test(`${name}: a caller has the keys of its token, or of its uid, and SIGHUP reads both files again`, async () => {
    await using files = await prepared(rules);
    const socket = files.path("s.sock");
    await using server = await SignerProcess.start(...files.options, "--unix", socket, ...options);
    assert.deepEqual(await listedEverywhere(server, files.token), ["release-1"]);
    assert.deepEqual(await listedEverywhere(server), ["7"]);
    assert.deepEqual(await listedEverywhere(server, "signer_wrong"), ["16"]);
    await server.logged(/A call was refused.*unknown token/);
    using local = openChannel({ addresses: [`unix:${socket}`] });
    assert.equal(await listed(local), "other");
    assert.equal(await listed(local, files.token), "other release-1".split(" ").sort().join(" "));

    // One bad file changes nothing.
    await files.write("rules.yaml", "rules: [{who: {token: deploy}, keys: other}]");
    await files.write("tokens", "deploy sha256:00");
    server.signal("SIGHUP");
    await server.logged(
      /Keys, certificates, tokens and rules stay as they are.*tokens:1: deploy needs a hash/,
    );
    assert.deepEqual(await listedEverywhere(server, files.token), ["release-1"]);

    await files.write("tokens", files.line);
    server.signal("SIGHUP");
    await server.logged(/Access policy read again/);
    assert.deepEqual(await listedEverywhere(server, files.token), ["other"]);
    assert.equal(await listed(local), "7");

    // The connections that are open do not keep a token that is withdrawn.
    await files.write("tokens", files.line.replace(/[0-9a-f]{64}/, "0".repeat(64)));
    server.signal("SIGHUP");
    await server.logged(/Access policy read again/);
    assert.equal(await listed(local, files.token), "16");
    assert.deepEqual(await listedEverywhere(server, files.token), ["16"]);
    assert.equal(await server.stop(), 0);
  });
}

test("a rate holds over all workers", async () => {
  const limited = "rules: [{who: anyone, operations: echo, rate: {limit: 1/h, burst: 5}}]";
  await using files = await prepared(limited);
  await using server = await SignerProcess.start(...files.options, "--workers", "2");
  const answers = await Promise.all(Array.from({ length: 12 }, async () => {
    using channel = openChannel({ addresses: server.addresses });
    return await call(channel, echo.Echo, {}).then(() => 0, ({ code }) => code as number);
  }));
  assert.deepEqual(answers.toSorted(), [0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8]);
});

for (const [name, options] of Object.entries(threads)) {
  peerTest(test, "grpcurl")(`${name}: grpcurl sends a token by -H`, async (grpcurl) => {
    await using files = await prepared(rules);
    await using server = await SignerProcess.start(...files.options, ...options);
    const ask = (...words: string[]) =>
      run(
        grpcurl,
        ...["-plaintext", "-format-error", ...words],
        ...[server.addresses[0]!.replace("tcp://", ""), "signer.v1.SigningService/ListKeys"],
      );
    const accepted = await ask("-H", `authorization: Bearer ${files.token}`);
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.deepEqual(
      JSON.parse(accepted.stdout).keys.map(({ keyId }: { keyId: string }) => keyId),
      ["release-1"],
    );
    assert.equal((await ask("-H", "authorization: Bearer signer_wrong")).code, 64 + 16);
    assert.equal((await ask()).code, 64 + 7);
  });

  peerTest(test, "python")(
    `${name}: grpcio is known by its uid over a Unix socket, by its token, and by its certificate`,
    async (python) => {
      const certified = `${rules}
  - who: {spiffe: "spiffe://example.org/ns/*", dns: "*.example.org"}
    keys: other
    operations: [list, verify]
`;
      await using files = await prepared(certified);
      using ca = await TestCa.create();
      using serving = await ca.issue();
      using client = await ca.issue({
        usage: "client",
        names: ["DNS:ci.example.org", "URI:spiffe://example.org/ns/ci"],
      });
      using stranger = await ca.issue({ usage: "client", names: ["DNS:ci.example.org"] });
      const texts = {
        "ca.pem": ca.pem,
        "server.crt": serving.certificates,
        "server.secret": serving.privateKey,
        "client.crt": client.certificates,
        "client.secret": client.privateKey,
        "stranger.crt": stranger.certificates,
        "stranger.secret": stranger.privateKey,
      };
      // Not in the key folder by their names.
      await Deno.mkdir(files.path("tls"));
      const tls = (file: string) => files.path(join("tls", file));
      for (const [file, bytes] of Object.entries(texts)) {
        await Deno.writeFile(tls(file), bytes, { mode: 0o600 });
      }
      const ask = async (...words: string[]) => {
        const answer = await run(python, "tests/peers/python/list_keys.py", ...words);
        assert.equal(answer.code, 0, answer.stderr);
        const { status, response = "" } = JSON.parse(answer.stdout);
        const text = new TextDecoder("latin1").decode(Uint8Array.fromHex(response));
        return `${status} ${text.match(/release-1|other/g)?.join(" ") ?? ""}`.trim();
      };
      {
        const socket = files.path("s.sock");
        await using server = await SignerProcess.start(
          ...[...files.options, "--unix", socket, ...options],
        );
        assert.equal(await ask(`unix:${socket}`), "OK other");
        const at = server.addresses[0]!.replace("tcp://", "");
        assert.equal(await ask(at), "PERMISSION_DENIED");
        assert.equal(await ask(at, files.token), "OK release-1");
        assert.equal(await ask(at, "signer_wrong"), "UNAUTHENTICATED");
      }
      await using server = await SignerProcess.start(
        ...files.options,
        ...["--tls-cert", tls("server.crt"), "--tls-key", tls("server.secret")],
        ...["--tls-client-ca", tls("ca.pem"), ...options],
      );
      const at = server.addresses[0]!.replace("tcp://127.0.0.1", "localhost");
      const as = (who: string) => [tls("ca.pem"), tls(`${who}.crt`), tls(`${who}.secret`)];
      assert.equal(await ask(at, "-", ...as("client")), "OK other");
      assert.equal(await ask(at, "-", ...as("stranger")), "PERMISSION_DENIED");
      assert.equal(await ask(at, files.token, ...as("stranger")), "OK release-1");
    },
  );
}

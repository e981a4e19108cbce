/** The configuration file of a running server, read again: by SIGHUP, and when a file changes. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { TlsFiles } from "../_support/tls_files.ts";
import { inFolder } from "../_support/in_folder.ts";
import { servings } from "./_servings.ts";

const [test, { SignerProcess, call, openChannel, signing, serverInfo, provider, reloadUnderLoad }] =
  await gate([
    "net",
    "env",
    "read",
    "write",
    "sys",
    "ffi",
    "run",
  ], async () => ({
    ...await import("./_signer.ts"),
    ...await import("./_reload_load.ts"),
    serverInfo: (await import("../../src/api/mod.ts")).serverInfoDefinition,
    provider: (await import("../../src/crypto/mod.ts")).openProvider("auto").provider,
  }));

type Server = Awaited<ReturnType<typeof SignerProcess.start>>;

async function writeKey(path: string): Promise<void> {
  using key = await provider.generate("ed25519");
  await Deno.writeFile(path, key.exportPkcs8(), { mode: 0o600 });
}

/** Replaces a file in one step, as editors and tools of deployment do. */
async function replace(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text, { mode: 0o644 });
  await Deno.rename(`${path}.new`, path);
}

/** Returns the results of a function over many connections, which reach all workers. */
async function everywhere<T>(
  server: Server,
  ask: (channel: ReturnType<typeof openChannel>) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < 6; i++) {
    using channel = openChannel({ addresses: server.addresses });
    results.push(await ask(channel));
  }
  return results;
}

const largestBatch = async (channel: ReturnType<typeof openChannel>) =>
  (await call<{ limits?: { maxBatchItems: number } }>(channel, serverInfo.GetServerInfo, {})).limits
    ?.maxBatchItems;

const ids = async (channel: ReturnType<typeof openChannel>) =>
  (await call<{ keys: { keyId: string }[] }>(channel, signing.ListKeys, {})).keys
    .map(({ keyId }) => keyId);

for (const [name, options] of Object.entries(servings)) {
  test(`SIGHUP takes limits, log level and paths from the file: ${name}`, async () => {
    await inFolder(async (folder) => {
      const file = `${folder}/config.yaml`;
      for (const name of ["a", "b"]) {
        await Deno.mkdir(`${folder}/${name}`);
        await writeKey(`${folder}/${name}/${name}.der`);
      }
      const config = (keys: string, more: string) =>
        replace(file, `listen: {tcp: 127.0.0.1:0}\nkeys: {dir: ${folder}/${keys}}\n${more}`);
      await config("a", "limits: {max-batch: 5}\n");
      await using server = await SignerProcess.start("--config", file, ...options);
      const batch = (channel: ReturnType<typeof openChannel>, size: number) =>
        call(channel, signing.SignBatch, {
          requests: Array.from(
            { length: size },
            () => ({ keyId: "b", message: new Uint8Array(1) }),
          ),
        });

      await config("b", "limits: {max-batch: 2, max-message-size: 1KiB}\nlog: {level: debug}\n");
      server.signal("SIGHUP");
      await server.logged(
        /Configuration read again.*keys\.dir.*log\.level.*limits\.max-message-size.*limits\.max-batch/,
      );
      assert.deepEqual(await everywhere(server, ids), Array(6).fill(["b"]));
      assert.deepEqual(await everywhere(server, largestBatch), Array(6).fill(2));
      await everywhere(server, (channel) => batch(channel, 2));
      await everywhere(
        server,
        (channel) => assert.rejects(batch(channel, 3), /at most 2 are signed/),
      );
      await everywhere(
        server,
        (channel) =>
          assert.rejects(
            call(channel, signing.Sign, { keyId: "b", message: new Uint8Array(2_000) }),
            { code: 8 },
          ),
      );

      // One wrong value: nothing of the file takes effect.
      await config("a", "limits: {max-batch: 9, max-streams: many}\n");
      server.signal("SIGHUP");
      await server.logged(/stay as they are.*max-streams is .*many/);
      assert.deepEqual(await everywhere(server, ids), Array(6).fill(["b"]));
      assert.deepEqual(await everywhere(server, largestBatch), Array(6).fill(2));

      // Options that need a restart are named, and the others take effect.
      await config("b", "limits: {max-batch: 9}\nserver: {pin: true}\nlog: {slow: 1s}\n");
      server.signal("SIGHUP");
      await server.logged(/Changed options need a restart.*server\.pin.*log\.slow/);
      await server.logged(/Configuration read again/);
      assert.deepEqual(await everywhere(server, largestBatch), Array(6).fill(9));
      assert.equal(await server.stop(), 0);
    });
  });
}

for (const [name, options] of Object.entries(servings)) {
  // It needed a restart once, so an operator could not shorten it while a flood of connections was under way. Later a
  // server without workers waited for the time of before all the same, unless something else happened.
  test(`SIGHUP changes the time limit of TLS handshakes, also of those under way: ${name}`, async () => {
    await using files = await TlsFiles.create();
    const file = files.path("config.yaml");
    const config = (limit: string) =>
      replace(
        file,
        `listen: {tcp: "localhost:0"}\nkeys: {generate: ed25519}\n` +
          `tls: {cert: server.pem, key: server.key}\nlimits: {handshake-timeout: ${limit}}\n`,
      );
    await files.issue("server");
    await config("5m");
    await using server = await SignerProcess.start("--config", file, ...options);
    const { hostname, port } = new URL(server.addresses[0].replace("tcp:", "http:"));
    using silent = await Deno.connect({ hostname, port: Number(port) });
    await config("100ms");
    server.signal("SIGHUP");
    await server.logged(/Configuration read again.*limits\.handshake-timeout/);
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(late.resolve, 20_000, "not ended");
    const ended = silent.read(new Uint8Array(1));
    assert.equal(await Promise.race([ended, late.promise]), null);
    clearTimeout(timer);
    assert.equal(await server.stop(), 0);
  });
}

test("--watch-config reloads when a file or a link of Kubernetes' changes", async () => {
  await inFolder(async (folder) => {
    // A volume of Kubernetes: the files are links into `..data`, a link that is replaced.
    const version = async (number: number) => {
      const data = `..2026_${number}`;
      await Deno.mkdir(`${folder}/keys/${data}`, { recursive: true });
      await writeKey(`${folder}/keys/${data}/a.der`);
      await Deno.symlink(data, `${folder}/keys/..data_tmp`);
      await Deno.rename(`${folder}/keys/..data_tmp`, `${folder}/keys/..data`);
    };
    await version(1);
    await Deno.symlink("..data/a.der", `${folder}/keys/a.der`);
    const file = `${folder}/config.yaml`;
    const config = (batch: number) =>
      replace(
        file,
        `listen: {tcp: 127.0.0.1:0}\nkeys: {file: a=${folder}/keys/a.der}\n` +
          `server: {watch-config: true, workers: 1}\nlimits: {max-batch: ${batch}}\n`,
      );
    await config(5);
    await using server = await SignerProcess.start("--config", file);
    using channel = openChannel({ addresses: server.addresses });
    const pem = async () =>
      (await call<{ pem: string }>(channel, signing.GetPublicKey, { keyId: "a" })).pem;

    let before = await pem();
    for (const number of [2, 3]) {
      await version(number);
      await Deno.remove(`${folder}/keys/..2026_${number - 1}`, { recursive: true });
      await server.logged(/Keys read again.*replaced.*\ba\b/);
      await server.logged(/Configuration read again/);
      const after = await pem();
      assert.notEqual(after, before);
      before = after;
    }

    await config(6);
    await server.logged(/Configuration read again.*max-batch/);
    assert.equal(await largestBatch(channel), 6);
    // Changes of another file in the same folder do not delay a reload.
    const other = setInterval(() => Deno.writeTextFileSync(`${folder}/other`, "x"), 20);
    try {
      await config(7);
      await server.logged(/Configuration read again.*max-batch/);
    } finally {
      clearInterval(other);
    }
    assert.equal(await largestBatch(channel), 7);
    assert.equal(await server.stop(), 0);
    const { length } = (await server.log).match(/Configuration read again/g)!;
    assert.equal(length, 4);
  });
});

/** SIGNER_TEST_RELOADS=100 takes half a minute. Without --quiet, `deno test` prints the figures. */
const reloads = Deno.env.get("SIGNER_TEST_RELOADS");

/** 64 MiB: the memory of a server with two workers varies by half of that under load. */
const MAX_GROWTH_KIB = 64 * 1_024;

test("no call fails while everything is reloaded, and no descriptor and no memory is left", async () => {
  const figures = await reloadUnderLoad(Number(reloads ?? 8));
  if (reloads !== undefined) console.log(JSON.stringify(figures));
  const { calls, failures, descriptors, residentKiB } = figures;
  assert.deepEqual(failures, []);
  assert.ok(calls > 8);
  assert.ok(descriptors.length >= 8);
  // A connection that is being opened or closed has one.
  assert.ok(descriptors.at(-1)! - descriptors[0]! <= 2, `${descriptors}`);
  // The first ones precede the compilation of the code that the load runs.
  assert.ok(residentKiB.at(-1)! - residentKiB[1]! <= MAX_GROWTH_KIB, `${residentKiB}`);
});

/**
 * Tests of SIGHUP, which reloads the key files: all or none, in every thread, while calls go on. It once ended the
 * server at once, under nohup(1) too, because Deno replaces the signal's disposition.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";
import { until } from "../_support/until.ts";

const [test, { SignerProcess, call, echo, openChannel, signing, writeKeyFile }] = await gate([
  "net",
  "env",
  "read",
  "write",
  "sys",
  "ffi",
  "run",
], async () => ({
  ...await import("./_signer.ts"),
  writeKeyFile: await keyFileWriter(),
}));

type Server = Awaited<ReturnType<typeof SignerProcess.start>>;

/** Returns a function that atomically writes a new key to a path, with mode 0600. */
async function keyFileWriter() {
  const { openProvider } = await import("../../src/crypto/mod.ts");
  const { provider } = openProvider("auto");
  return async (path: string, type: "ecdsa-p256" | "ed25519" | "rsa-4096" = "ed25519") => {
    using key = await provider.generate(type);
    await Deno.writeFile(`${path}.new`, key.exportPkcs8(), { mode: 0o600 });
    await Deno.rename(`${path}.new`, path);
  };
}

/** Lists the key ids on each of many connections, which reach all workers. */
async function idsEverywhere(server: Server): Promise<string[][]> {
  const all: string[][] = [];
  const channels = Array.from({ length: 6 }, () => openChannel({ addresses: server.addresses }));
  for (const channel of channels) {
    const { keys } = await call<{ keys: { keyId: string }[] }>(channel, signing.ListKeys, {});
    all.push(keys.map(({ keyId }) => keyId));
  }
  for (const channel of channels) channel[Symbol.dispose]();
  return all;
}

const message = new Uint8Array(16);

const threads: Readonly<Record<string, readonly string[]>> = {
  "on the main thread": ["--workers", "0"],
  "in two workers": ["--workers", "2"],
  "on grpc-js": ["--stack", "grpc-js"],
  "in a worker with the builtin provider": ["--workers", "1", "--provider", "builtin"],
};

// A reload wrote a warning for each skipped file to standard error, and waited with the whole main thread until somebody
// read it: the server took no call without workers, and no signal.
test("Reloads with warnings go on when nobody reads standard error", async () => {
  await inFolder(async (folder) => {
    const keys = `${folder}/keys`;
    await Deno.mkdir(keys);
    await writeKeyFile(`${keys}/a.der`, "ed25519");
    // 100 lines of 600 bytes: a pipe holds 64 KiB (pipe(7)).
    for (let i = 0; i < 100; i++) await Deno.mkdir(`${keys}/${i}-${"long".repeat(50)}`);
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--workers", "0", "--key-dir", keys],
    );
    server.ignoreLog();
    using channel = openChannel({ addresses: server.addresses });
    for (let reload = 0; reload < 4; reload++) {
      await writeKeyFile(`${keys}/b${reload}.der`, "ed25519");
      server.signal("SIGHUP");
      await until(`reload ${reload} is done`, async () => await keyCount(channel) >= reload + 2);
    }
    assert.equal(await server.stop(), 0);
  });
});

async function keyCount(channel: ReturnType<typeof openChannel>): Promise<number> {
  return (await call<{ keys: unknown[] }>(channel, signing.ListKeys, {})).keys.length;
}

for (const [name, options] of Object.entries(threads)) {
  test(`SIGHUP reloads the key files ${name}, and active calls keep their keys`, async () => {
    await inFolder(async (folder) => {
      for (const id of ["stays", "changes", "goes"]) await writeKeyFile(`${folder}/${id}.der`);
      await using server = await SignerProcess.start(
        ...["--tcp", "127.0.0.1:0", "--key-dir", folder, "--generate", "ecdsa-p256"],
        ...options,
      );
      using channel = openChannel({ addresses: server.addresses });
      const publicKey = async (keyId: string) =>
        (await call<{ pem: string }>(channel, signing.GetPublicKey, { keyId })).pem;
      const [stays, changes] = [await publicKey("stays"), await publicKey("changes")];
      const again = Promise.withResolvers<void>();
      const stream = channel.call<object, { response?: object }>(
        signing.SignStream as never,
        async function* () {
          yield { keyId: "goes", message };
          await again.promise;
          yield { keyId: "goes", message };
        }(),
      ).responses[Symbol.asyncIterator]();
      assert.ok((await stream.next()).value?.response);
      const [generated] = (await idsEverywhere(server))[0].filter((id) => id.length > 20);

      await Deno.remove(`${folder}/goes.der`);
      await writeKeyFile(`${folder}/changes.der`);
      await writeKeyFile(`${folder}/comes.der`);
      server.signal("SIGHUP");
      await server.logged(/Keys read again.*keys=4.*\bcomes\b.*\bchanges\b.*\bgoes\b/);

      for (const ids of await idsEverywhere(server)) {
        assert.deepEqual(ids, ["changes", "comes", "stays", generated]);
      }
      assert.equal(await publicKey("stays"), stays);
      assert.notEqual(await publicKey("changes"), changes);
      await call(channel, signing.Sign, { keyId: "comes", message });
      await call(channel, signing.Sign, { keyId: generated, message });
      await assert.rejects(call(channel, signing.Sign, { keyId: "goes", message }), /no key/);
      // The stream began with the removed key.
      again.resolve();
      assert.ok((await stream.next()).value?.response);
      assert.equal((await stream.next()).done, true);
      assert.equal(await server.stop(), 0);
    });
  });
}

test("A reload with one bad file changes no key, and the log has the reason", async () => {
  await inFolder(async (folder) => {
    await writeKeyFile(`${folder}/good.der`);
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--workers", "2", "--key-dir", folder],
    );
    const refusals: [prepare: () => Promise<void>, reason: RegExp][] = [
      [
        () => Deno.writeTextFile(`${folder}/bad.pem`, "no key", { mode: 0o600 }),
        /Keys, certificates, tokens and rules stay as they are.*bad\.pem/,
      ],
      [
        () => Deno.remove(`${folder}/bad.pem`).then(() => Deno.chmod(`${folder}/good.der`, 0o644)),
        /0644/,
      ],
      [
        () => Deno.remove(`${folder}/good.der`),
        /Keys, certificates, tokens and rules stay as they are.*no file with a private key/,
      ],
    ];
    for (const [prepare, reason] of refusals) {
      await writeKeyFile(`${folder}/new.der`);
      await prepare();
      if (reason.source.includes("no file")) await Deno.remove(`${folder}/new.der`);
      server.signal("SIGHUP");
      await server.logged(reason);
      for (const ids of await idsEverywhere(server)) assert.deepEqual(ids, ["good"]);
    }
    await writeKeyFile(`${folder}/better.der`);
    server.signal("SIGHUP");
    await server.logged(/Keys read again/);
    for (const ids of await idsEverywhere(server)) assert.deepEqual(ids, ["better"]);
  });
});

test("A reload that would serve the audit key changes nothing", async () => {
  // The start refused such a key, and a reload did not: its callers could sign lines of the audit log.
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/keys`);
    await writeKeyFile(`${folder}/keys/good.der`);
    await writeKeyFile(`${folder}/audit.der`);
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--workers", "1", "--key-dir", `${folder}/keys`],
      ...["--audit", `${folder}/audit.log`, "--audit-key", `${folder}/audit.der`],
    );
    await Deno.copyFile(`${folder}/audit.der`, `${folder}/keys/copied.der`);
    server.signal("SIGHUP");
    await server.logged(/stay as they are.*The audit key is also the key copied/);
    for (const ids of await idsEverywhere(server)) assert.deepEqual(ids, ["good"]);
  });
});

test("Calls that are queued while the keys are replaced all succeed", async () => {
  await inFolder(async (folder) => {
    await writeKeyFile(`${folder}/slow.der`, "rsa-4096");
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--workers", "1", "--key-dir", folder],
    );
    using channel = openChannel({ addresses: server.addresses });
    const sign = () =>
      call<{ signature: Uint8Array }>(channel, signing.Sign, { keyId: "slow", message });
    // The fastest of the first signatures is the expected duration of the others: one alone may be ten times as long
    // on a busy machine, and so much work is not queued.
    for (let i = 0; i < 5; i++) await sign();
    await Deno.rename(`${folder}/slow.der`, `${folder}/other.der`);
    const waiting = Array.from({ length: 60 }, sign);
    const batch = call<{ results: { response?: object }[] }>(channel, signing.SignBatch, {
      requests: Array.from({ length: 30 }, () => ({ keyId: "slow", message })),
    });
    await waiting[0];
    server.signal("SIGHUP");
    await server.logged(/Keys read again/);
    for (const { signature } of await Promise.all(waiting)) assert.equal(signature.length, 512);
    assert.ok((await batch).results.every(({ response }) => response));
    await assert.rejects(sign(), /no key/);
  });
});

test("Under nohup(1), SIGHUP has no effect on a server without key files", async () => {
  await using server = await SignerProcess.startIgnoring(
    "HUP",
    ...["--tcp", "127.0.0.1:0", "--generate", "ed25519"],
  );
  server.signal("SIGHUP");
  await server.logged(/Nothing to read again/);
  using channel = openChannel({ addresses: server.addresses });
  await call(channel, echo.Echo, { payload: message });
  assert.equal((await idsEverywhere(server))[0].length, 1);
  assert.equal(await server.stop(), 0);
});

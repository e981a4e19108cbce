/**
 * The end of removed keys: a reload takes them out of a server, and they are freed when the last call ends that began
 * with them. The memory of the server is searched for them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate, onlyAsRoot } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("./_memory_search.ts"),
    ...await import("../../src/crypto/mod.ts"),
  }),
);
// Opened here: libcrypto stays loaded, which is no leak of the test that needs it first.
loaded.openProvider?.("openssl");
const { openChannel, openSignStream, searchMemory, SignerProcess } = loaded;

/** Only root may read the memory of a process that is not dumpable. */
const asRoot = onlyAsRoot(test);

/** 30 s for the release of a key, which comes 5 s after a reload. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 250;

const settings = [["--workers", "0"], ["--workers", "2"], ["--stack", "grpc-js"]];

/** Removes two keys from a server, one of which a stream uses. */
async function removeKeys(options: readonly string[]): Promise<void> {
  await inFolder(async (folder) => {
    const { provider } = loaded.openProvider("openssl");
    const secrets: Record<string, Uint8Array> = {};
    for (const id of ["streamed", "unused", "stays"]) {
      using key = await provider.generate("ed25519");
      await Deno.writeFile(`${folder}/${id}.der`, key.exportPkcs8(), { mode: 0o600 });
      // The seed is the end of the file (RFC 8410).
      secrets[id] = key.exportPkcs8().slice(-32);
    }
    await using server = await SignerProcess.start(
      ...["--tcp", "127.0.0.1:0", "--key-dir", folder, "--provider", "openssl", ...options],
    );
    const inMemory = () => new Set(searchMemory(server.pid, secrets).map(({ name }) => name));
    const becomes = async (...ids: string[]) => {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const found = [...inMemory()].sort();
        if (`${found}` === `${ids}`) return;
        assert.ok(performance.now() < end, `In memory: ${found}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    };
    using channel = openChannel({ addresses: server.addresses });
    const request = { keyId: "streamed", message: new Uint8Array(8) };
    const stream = openSignStream(channel, request, request);
    assert.ok((await stream.next()).value?.response);
    await becomes("stays", "streamed", "unused");

    for (const id of ["streamed", "unused"]) await Deno.remove(`${folder}/${id}.der`);
    server.signal("SIGHUP");
    await server.logged(/Keys read again.*removed/);
    // The open stream keeps all keys of its time.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await becomes("stays", "streamed", "unused");
    stream.end();
    assert.ok((await stream.next()).value?.response);
    assert.equal((await stream.next()).done, true);
    await becomes("stays");
    assert.equal(await server.stop(), 0);
  });
}

// At the same time, because each waits for seconds.
asRoot(
  "A removed key is freed when the last call with it has ended, with workers or without, and on grpc-js",
  async () => {
    await Promise.all(settings.map(removeKeys));
  },
);

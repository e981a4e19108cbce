/**
 * Connections that make no call had no limit by peer, and all of a server's descriptors could be one peer's. Over a
 * Unix socket a peer is a user, so all connections of these tests are of one peer.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { type Setting, settingName, settings } from "./_settings.ts";

const [test, { SignerProcess, SilentConnection, call, echo, openChannel }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("../e2e/_signer.ts"),
    ...await import("./_silent_connection.ts"),
  }),
);

for (const setting of settings) {
  const name = settingName(setting);

  test(`The oldest of a peer's connections without a call are closed over the limit (${name})`, async () => {
    await using server = await serve(setting, "--max-silent-connections", "4");
    using caller = openChannel({ addresses: [server.address] });
    await call(caller, echo.Echo, { message: "before" });
    const silent = await server.connect(8);
    for (const one of silent.slice(0, 3)) await one.ended;
    assert.ok(silent.at(-1)!.isOpen, "the newest was closed");
    await call(caller, echo.Echo, { message: "after" });
  });

  test(`A peer's connections have a limit, and a closed one makes room (${name})`, async () => {
    await using server = await serve(setting, "--max-connections-per-peer", "3");
    const [first] = await server.connect(3);
    const [fourth] = await server.connect(1, { greeted: false });
    await fourth.ended;
    first[Symbol.dispose]();
    await echoes(server.address);
  });

  test(`At the limit of all connections one without a call makes room for another (${name})`, async () => {
    await using server = await serve(setting, "--max-connections", "3");
    const silent = await server.connect(3);
    // Older than a second: younger ones may be about to call.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await echoes(server.address);
    await silent[0].ended;
  });
}

/** A server on a Unix socket. */
async function serve({ stack: name, workers }: Setting, ...options: string[]) {
  const stack = new AsyncDisposableStack();
  const folder = stack.adopt(await Deno.makeTempDir(), async (folder) => {
    await Deno.remove(folder, { recursive: true });
  });
  const path = `${folder}/peer.sock`;
  stack.use(
    await SignerProcess.start(
      ...["--stack", name, "--workers", String(workers), "--unix", path],
      ...["--generate", "ed25519", ...options],
    ),
  );
  return {
    address: `unix:${path}`,
    async connect(count: number, { greeted = true } = {}) {
      const opened = [];
      for (let i = 0; i < count; i++) {
        const connection = stack.use(await SilentConnection.open(path));
        if (greeted) await connection.greeted;
        opened.push(connection);
      }
      return opened;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Calls over a new connection until one is taken: the server may not have seen another one close yet. */
async function echoes(address: string): Promise<void> {
  for (let attempt = 0;; attempt++) {
    using channel = openChannel({ addresses: [address] });
    try {
      await call(channel, echo.Echo, { message: "hello" });
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Clients that wait for a server, over every transport. @module */
import assert from "node:assert/strict";
import type { AnyMethod } from "../../src/grpc/mod.ts";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { settle, temporaryDirectory } from "../net/_transports.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, loadStage);
const { net } = loaded;

const hello = { message: "hello", payload: Buffer.alloc(0) };

/** Timeout of a server's start. An emulated machine is slow. */
const PATIENCE_MS = 60_000;

test("calls with wait-for-ready succeed when the server starts later, and after it was killed", async (t) => {
  const { SignerProcess, call, echo, openSignStream, runSigner } = loaded.signer;
  using directory = temporaryDirectory();
  await using opened = await openWays(net, directory.path);
  const channels = [...opened.values()].flatMap(({ target, refusal }) =>
    Object.values(loaded.clients).map((openChannel) => ({
      refusal,
      channel: openChannel({ addresses: [target] }),
    }))
  );
  const allWait = () =>
    Promise.all(channels.map(async ({ channel }) => {
      const options = { waitForReady: true, deadline: Date.now() + PATIENCE_MS };
      const method = echo.Echo as AnyMethod;
      const { responses } = channel.call<object, object>(method, [{ message: "hello" }], options);
      for await (const response of responses) assert.deepEqual({ ...response }, hello);
    }));
  // A single thread starts faster.
  const options = ["--workers", "0", "--generate", "ed25519", ...serveOptions(opened)];
  try {
    await t.step("before it listens, other calls fail with the reason", async () => {
      for (const { channel, refusal } of channels) {
        const expected = { code: StatusCode.UNAVAILABLE, message: refusal };
        await assert.rejects(call(channel, echo.Echo, {}), expected);
      }
    });
    const waiting = allWait();
    const programs = [...opened.values()].map(({ target }) =>
      runSigner("call", "echo", "hello", "--wait-ready", "--deadline", "60s", "--to", target)
    );
    await using server = await SignerProcess.start(...options);
    await waiting;
    await t.step("`signer call --wait-ready` succeeds over each transport", async () => {
      for (const ended of await Promise.all(programs)) {
        assert.deepEqual(ended, { code: 0, stdout: "hello\n", stderr: "" });
      }
    });
    const streams = channels.map(({ channel }) =>
      openSignStream(channel, {
        keyType: "KEY_TYPE_ED25519",
        message: new Uint8Array(1),
      })
    );
    for (const stream of streams) await stream.next();
    const killed = server.stop("SIGKILL");
    await t.step("killing the server ends active streams as UNAVAILABLE", async () => {
      for (const stream of streams) {
        await assert.rejects(stream.next(), { code: StatusCode.UNAVAILABLE });
        stream.end();
      }
    });
    await killed;
    const again = allWait();
    // The socket files of the first server still exist, without a listener.
    await using _successor = await SignerProcess.start(...options);
    await again;
  } finally {
    for (const { channel } of channels) channel[Symbol.dispose]();
    await settle(net);
  }
});

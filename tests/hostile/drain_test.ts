import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { join } from "../http2/_frames.ts";
import { framed } from "../_support/framed.ts";
import { dataFrames, field, openCall, paths, streamId } from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

const [test, { Attacker, SignerProcess }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("../grpc/native/_attacker.ts"),
    ...await import("../e2e/_signer.ts"),
  }),
);

const KEY_TYPE_RSA_4096 = 3;
const GRACE_MS = 1_000;

/** Timeout for the process to exit after the grace, which takes under a second, on a busy machine. */
const PATIENCE_MS = 4_000;

const signRsa = join(Uint8Array.of(2 << 3, KEY_TYPE_RSA_4096), field(4, new Uint8Array(32)));

for (const setting of settings) {
  // The grace began only when a busy worker received the drain, and the worker then had 5 s more: 12 to 24 s in all.
  test(`A drain ends with its grace, however busy the server is (${settingName(setting)})`, async () => {
    await using server = await SignerProcess.start(
      ...["--stack", setting.stack, "--workers", String(setting.workers), "--grace", "1s"],
      ...["--tcp", "127.0.0.1:0", "--generate", "rsa-4096"],
    );
    const port = Number(/:(\d+)$/.exec(server.addresses[0])![1]);
    const requests = join(...Array.from({ length: 16 }, () => framed(signRsa)));
    const batch = framed(join(...Array.from({ length: 1_024 }, () => field(1, signRsa))));
    await using attackers = new AsyncDisposableStack();
    for (let i = 0; i < 4; i++) {
      const attacker = attackers.use(await Attacker.connect(port));
      const calls = Array.from({ length: 200 }, (_, k) => [
        openCall(paths.signStream, streamId(k)),
        dataFrames(streamId(k), requests),
      ]);
      await attacker.send(
        ...calls.flat(),
        openCall(paths.signBatch, streamId(200)),
        dataFrames(streamId(200), batch, true),
      );
      await attacker.settled();
    }
    const began = performance.now();
    assert.equal(await server.stop(), 0, await server.log);
    const ms = performance.now() - began;
    assert.ok(ms >= GRACE_MS - 50 && ms < GRACE_MS + PATIENCE_MS, `${ms} ms`);
  });
}

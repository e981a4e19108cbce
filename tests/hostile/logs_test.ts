import assert from "node:assert/strict";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import { dataFrames, openCall, paths, streamId } from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

/** A message with an undefined wire type. */
const NO_MESSAGE = framed(Uint8Array.of(0x07));

for (const setting of settings) {
  /** Each logged a stack of 1.3 KB for 90 bytes sent. */
  test(
    `Malformed reflection requests log ten short lines at once, and one in five seconds (${
      settingName(setting)
    })`,
    async () => {
      const measured = await measure(setting, async (target) => {
        const attacker = await target.attacker();
        for (let i = 0; i < 200; i++) {
          const id = streamId(i);
          await attacker.send(openCall(paths.reflection, id), dataFrames(id, NO_MESSAGE, true));
        }
        await attacker.settled();
      }, { kinds: ["echo", "health"] });
      assert.equal(measured.failures.length, 0, summary(measured));
      const lines = measured.log.split("\n").filter((line) => line.includes("Request failed"));
      assert.ok(lines.length <= 20, measured.log);
      assert.ok(lines.every((line) => line.length < 1_024), measured.log);
      assert.ok(measured.log.length < 10_240, measured.log);
    },
  );

  /** Log lines filled the pipe of standard error, and the write of the next one blocked the thread forever. */
  test(`An unread standard error delays no call (${settingName(setting)})`, async () => {
    const measured = await measure(setting, async (target) => {
      target.server.ignoreLog();
      const connect = () => Deno.connect({ hostname: "127.0.0.1", port: target.port });
      for (let i = 0; i < 60; i++) {
        const all = await Promise.all(Array.from({ length: 100 }, connect));
        for (const connection of all) connection.close();
      }
    }, { kinds: ["echo", "health"], serve: ["--log-level", "debug"], deadlineMs: 10_000 });
    assert.equal(measured.failures.length, 0, summary(measured));
  });
}

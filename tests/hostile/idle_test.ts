import assert from "node:assert/strict";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import { dataFrames, openCall, paths } from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

/** The limit of open files of the server, whose threads need some 40. */
const FILES = 160;

/** Connections that were silent after their preface held all descriptors, so that new clients had none. */
for (const setting of settings) {
  test(`Silent connections make room when descriptors run short (${settingName(setting)})`, async () => {
    const measured = await measure(setting, async (target) => {
      for (let i = 0; i < FILES; i++) await target.attacker();
      for (let i = 0; i < 8; i++) {
        const client = await target.attacker();
        await client.send(openCall(paths.echo, 1), dataFrames(1, framed(new Uint8Array(0)), true));
        assert.ok(await client.saw(/^HEADERS 1 end$/), "a new client was not served");
      }
    }, { files: FILES, kinds: ["echo", "health"] });
    assert.equal(measured.failures.length, 0, summary(measured));
  });
}

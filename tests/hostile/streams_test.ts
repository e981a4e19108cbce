import assert from "node:assert/strict";
import { join } from "../http2/_frames.ts";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import { dataFrames, openCall, paths, streamId } from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

const NOTHING = framed(new Uint8Array(0));
/** A ServerReflectionRequest with an empty `list_services`, field 7. */
const LIST_SERVICES = framed(Uint8Array.of(0x3a, 0));

/** Eleven connections took all health watches of a thread, and an unlimited number of reflection streams. */
for (const setting of settings) {
  test(`Connections full of streams leave others a watch and a reflection stream (${settingName(setting)})`, async () => {
    let refused = 0;
    const measured = await measure(setting, async (target) => {
      // 1,024 streams take the reference stack much longer.
      const [connections, calls] = setting.stack === "native" ? [12, 1_020] : [12, 100];
      for (let i = 0; i < connections; i++) {
        const attacker = await target.attacker();
        await attacker.send(...Array.from({ length: calls }, (_, k) => {
          const id = streamId(k);
          return i % 4 === 0
            ? join(openCall(paths.reflection, id), dataFrames(id, NOTHING))
            : join(openCall(paths.healthWatch, id), dataFrames(id, NOTHING, true));
        }));
        await attacker.settled();
        refused += attacker.frames.filter((line) => / end$/.test(line)).length;
      }
      const other = await target.attacker();
      await other.send(openCall(paths.healthWatch, 1), dataFrames(1, NOTHING, true));
      await other.send(openCall(paths.reflection, 3), dataFrames(3, LIST_SERVICES, true));
      assert.ok(await other.saw(/^DATA 1 /));
      assert.ok(await other.saw(/^DATA 3 /));
    }, { kinds: ["echo", "health"] });
    assert.equal(measured.failures.length, 0, summary(measured));
    assert.ok(refused > 0);
  });
}

import assert from "node:assert/strict";
import { measure, summary, test } from "./_gated.ts";
import { dataFrames, gzipped, largeEcho, openGzipCall, paths, streamId } from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

/**
 * Unary calls with one complete message that never end were not counted. 4 KB of gzip became 4 MiB on each of 1,024
 * streams: 4.3 MB sent, 1.6 to 4.4 GB resident.
 */
for (const setting of settings) {
  test(`Complete messages of unary calls that never end are not inflated (${settingName(setting)})`, async () => {
    const message = gzipped(largeEcho);
    const measured = await measure(setting, async (target) => {
      const attacker = await target.attacker();
      for (let i = 0; i < 128; i++) {
        const id = streamId(i);
        await attacker.send(openGzipCall(paths.echo, id), dataFrames(id, message));
      }
      await attacker.settled();
    });
    assert.equal(measured.failures.length, 0, summary(measured));
    assert.ok(measured.peakMiB < measured.beforeMiB + 128, summary(measured));
  });
}

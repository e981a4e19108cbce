import assert from "node:assert/strict";
import { join } from "../http2/_frames.ts";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import {
  dataFrames,
  field,
  gzipped,
  largeEcho,
  openCall,
  openGzipCall,
  paths,
  streamId,
} from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

const KEY_TYPE_ECDSA_P256 = 4;

for (const setting of settings) {
  /** While 64 large messages filled the thread's pool, every good call over 10 KB was refused. */
  test(`Incomplete messages leave room for others (${settingName(setting)})`, async () => {
    const measured = await measure(setting, async (target) => {
      const almost = dataFrames(1, framed(largeEcho).subarray(0, -1));
      for (let i = 0; i < 72; i++) {
        const attacker = await target.attacker();
        await attacker.send(openCall(paths.echo, 1), almost);
        await attacker.settled();
      }
    });
    assert.equal(measured.failures.length, 0, summary(measured));
    assert.ok(measured.peakMiB < measured.beforeMiB + 512, summary(measured));
  });

  /** 80 batches, 343 KB of gzip, were held as 320 MB, and all calls were refused, health checks too. */
  test(`Batches that wait to be signed leave room for others (${settingName(setting)})`, async () => {
    const request = join(
      Uint8Array.of(2 << 3, KEY_TYPE_ECDSA_P256),
      field(4, new Uint8Array(4_000)),
    );
    const item = field(1, request);
    const batch = gzipped(join(...Array.from({ length: 1_024 }, () => item)));
    const measured = await measure(setting, async (target) => {
      for (let i = 0; i < 2; i++) {
        const attacker = await target.attacker();
        for (let k = 0; k < 40; k++) {
          const id = streamId(k);
          await attacker.send(openGzipCall(paths.signBatch, id), dataFrames(id, batch, true));
        }
        await attacker.settled();
      }
    });
    assert.equal(measured.failures.length, 0, summary(measured));
  });
}

import assert from "node:assert/strict";
import { join } from "../http2/_frames.ts";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import { dataFrames, openCall, paths, streamId } from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

/** SETTINGS_INITIAL_WINDOW_SIZE: with 0 the server keeps every response. */
const INITIAL_WINDOW_SIZE = 4;
const EMPTY = framed(new Uint8Array(0));
const MIB = 1024 * 1024;

/**
 * Empty requests behind a response that is not read: flow control counts 5 bytes for each, which became an object of
 * 400 bytes. 84 MB on 95 connections became 6.9 GB.
 */
for (const setting of settings) {
  test(`Messages that a stream's handler does not read are not decoded (${settingName(setting)})`, async () => {
    let sent = 0;
    const measured = await measure(setting, async (target) => {
      // As many bytes as the window of a stream allows.
      const many = join(...Array.from({ length: 44_000 }, () => EMPTY));
      for (let i = 0; i < 16; i++) {
        const attacker = await target.attacker({ settings: [[INITIAL_WINDOW_SIZE, 0]] });
        for (let k = 0; k < 4; k++) {
          const id = streamId(k);
          await attacker.send(openCall(paths.signStream, id), dataFrames(id, many));
          sent += many.length;
        }
        await attacker.settled();
      }
    });
    const grown = (measured.peakMiB - measured.beforeMiB) * MIB;
    assert.equal(measured.failures.length, 0, summary(measured));
    assert.ok(grown < 4 * sent + 64 * MIB, summary(measured));
  });
}

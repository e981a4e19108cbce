/** Attacks on the memory of the grpc-js stack, whose requests and responses are held by grpc-js and node:http2. @module */
import assert from "node:assert/strict";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import {
  dataFrames,
  field,
  gzipped,
  largeEcho,
  MAX_MESSAGE,
  openCall,
  openGzipCall,
  paths,
  streamId,
} from "./_requests.ts";
import { settings } from "./_settings.ts";

const setting = settings.find(({ stack }) => stack === "grpc-js")!;

/** The limit of an attack's memory: four times the share of a connection, as garbage is collected late. */
const MAX_GROWTH_MIB = 400;

test("Large messages that never end are refused over the share of their connection", async () => {
  const message = framed(field(2, new Uint8Array(MAX_MESSAGE / 2)));
  const measured = await measure(setting, async (target) => {
    const attacker = await target.attacker();
    for (let i = 0; i < 200; i++) {
      const id = streamId(i);
      await attacker.send(openCall(paths.echo, id), dataFrames(id, message));
    }
    await attacker.settled();
  });
  assert.equal(measured.failures.length, 0, summary(measured));
  assert.ok(measured.peakMiB < measured.beforeMiB + MAX_GROWTH_MIB, summary(measured));
});

/** 4 KB of gzip became an unread echo of 4 MiB on each of 1,024 streams. */
for (const window of [0, 2 ** 31 - 1]) {
  test(`Compressed requests wait while responses are not read (window ${window})`, async () => {
    const message = gzipped(largeEcho);
    const measured = await measure(setting, async (target) => {
      const attacker = await target.attacker({ settings: [[4, window]], reads: false });
      for (let i = 0; i < 500; i++) {
        const id = streamId(i);
        await attacker.send(openGzipCall(paths.echo, id), dataFrames(id, message, true));
      }
    }, { settleMs: 4_000 });
    assert.equal(measured.failures.length, 0, summary(measured));
    assert.ok(measured.peakMiB < measured.beforeMiB + MAX_GROWTH_MIB, summary(measured));
  });
}

/** Flow control counts 5 bytes for an empty message, and grpc-js decoded all that had arrived. */
test("Empty messages of streams are decoded when the handler reads them", async () => {
  const messages = new Uint8Array(65_535);
  const measured = await measure(setting, async (target) => {
    for (let connection = 0; connection < 4; connection++) {
      const attacker = await target.attacker({ settings: [[4, 0]], reads: false });
      for (let i = 0; i < 100; i++) {
        const id = streamId(i);
        await attacker.send(openCall(paths.signStream, id), dataFrames(id, messages));
      }
    }
  }, { settleMs: 3_000 });
  assert.equal(measured.failures.length, 0, summary(measured));
  assert.ok(measured.peakMiB < measured.beforeMiB + MAX_GROWTH_MIB, summary(measured));
});

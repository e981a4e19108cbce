/** Attacks on the CPU time of a thread: a good client never waits long, and no worker is replaced. @module */
import assert from "node:assert/strict";
import { framed } from "../_support/framed.ts";
import { measure, summary, test } from "./_gated.ts";
import { block, frame, FrameFlag, FrameType, join } from "../http2/_frames.ts";
import { requestFields } from "../grpc/native/_raw_client.ts";
import {
  dataFrames,
  field,
  gzipped,
  MAX_MESSAGE,
  openCall,
  openGzipCall,
  paths,
  streamId,
} from "./_requests.ts";
import { nativeSettings, settingName, settings } from "./_settings.ts";
import type { Measured, Target } from "./_measure.ts";

const KEY_TYPE_RSA_4096 = 3;

/** A request to sign 32 bytes with RSA-4096, the longest work that a few bytes can request. */
const signRsa = join(Uint8Array.of(2 << 3, KEY_TYPE_RSA_4096), field(4, new Uint8Array(32)));

/** A batch of 1,024 such requests: seconds of work. */
const batch = framed(join(...Array.from({ length: 1_024 }, () => field(1, signRsa))));

const rsa = ["--generate", "rsa-4096"];

/** The field `a-bin` of 4,000 commas with incremental indexing (RFC 7541 section 6.2.1), and then its index. */
const commas = join(
  Uint8Array.of(0x40, 5, ...new TextEncoder().encode("a-bin"), 0x7f, 0xa1, 0x1e),
  new Uint8Array(4_000).fill(44),
);
const indexed = Uint8Array.of(0x80 | 62);

/** Far longer than any turn on a busy machine, and far shorter than the stalls before the fix. */
const STALL_MS = 2_500;

/** The limit for node:http2, which reads and writes for milliseconds without a pause. */
const REFERENCE_STALL_MS = 8_000;

/** Asserts that the good client lost no call, never waited long, and kept its worker. */
function isServed(measured: Measured, stallMs = STALL_MS): void {
  assert.deepEqual(measured.failures, [], summary(measured));
  assert.ok(measured.maxMs < stallMs, summary(measured));
  assert.ok(measured.p50Ms < stallMs / 4, summary(measured));
  assert.ok(measured.answered >= 6, summary(measured));
  assert.doesNotMatch(measured.log, /worker died/);
}

/** Returns an EchoRequest of the maximum size with repeated `message` fields of the same text. */
function echoOf(text: string): Uint8Array {
  const one = field(1, new TextEncoder().encode(text));
  const count = Math.floor((MAX_MESSAGE - 16) / one.length);
  const bytes = new Uint8Array(count * one.length);
  for (let i = 0; i < count; i++) bytes.set(one, i * one.length);
  return bytes;
}

for (const setting of nativeSettings) {
  const name = settingName(setting);

  // Each took 0.5 s to decode. 20 on one connection, 126 KB, blocked a thread for 15 s, and the worker was replaced.
  test(`Requests that inflate to 4 MiB of U+FFFD block a thread no longer than others (${name})`, async () => {
    const short = gzipped(echoOf("\ufffd"));
    const long = gzipped(echoOf("\ufffd".repeat(1_398_000)));
    isServed(
      await measure(setting, async (target) => {
        const attacker = await target.attacker();
        const calls = Array.from({ length: 20 }, (_, i) => [
          ...[openGzipCall(paths.echo, streamId(2 * i))],
          ...[dataFrames(streamId(2 * i), short, true)],
          ...[openGzipCall(paths.echo, streamId(2 * i + 1))],
          ...[dataFrames(streamId(2 * i + 1), long, true)],
        ]);
        await attacker.send(...calls.flat());
      }),
    );
  });
}

for (const setting of settings) {
  const name = settingName(setting);
  const stallMs = setting.stack === "native" ? STALL_MS : REFERENCE_STALL_MS;

  // The values were split and copied to read another key: 1,200 requests, 126 KB, cost 22 s.
  test(`A -bin header of 16,000 values costs a call nothing when it is not read (${name})`, async () => {
    const message = framed(new Uint8Array(0));
    const measured = await measure(setting, async (target) => {
      for (let connection = 0; connection < 2; connection++) {
        const attacker = await target.attacker();
        const calls = Array.from({ length: 600 }, (_, i) => {
          const binary = i === 0 ? [commas, indexed, indexed, indexed] : Array(4).fill(indexed);
          const head = join(block(requestFields(paths.echo)), ...binary);
          return join(
            frame(FrameType.HEADERS, FrameFlag.END_HEADERS, streamId(i), head),
            dataFrames(streamId(i), message, true),
          );
        });
        await attacker.send(...calls);
        await attacker.settled();
      }
    });
    isServed(measured, stallMs);
    assert.ok(measured.cpuSeconds < 5, summary(measured));
  });

  // 100 batches on one connection gave echo a p50 of 2.6 s.
  test(`Batches of RSA-4096 are signed in turns with the calls of others (${name})`, async () => {
    const attack = async (target: Target) => {
      for (let i = 0; i < 2; i++) {
        const attacker = await target.attacker();
        const calls = Array.from({ length: 50 }, (_, k) => [
          openCall(paths.signBatch, streamId(k)),
          dataFrames(streamId(k), batch, true),
        ]);
        await attacker.send(...calls.flat());
      }
    };
    isServed(await measure(setting, attack, { serve: rsa, settleMs: 2_000 }), stallMs);
  });

  // Streams were signed one after the other until none had a request left: with 1,000 on each of four connections the
  // only worker was replaced after 14 s.
  test(`Streams of RSA-4096 are signed in turns with the calls of others (${name})`, async () => {
    const requests = framed(signRsa);
    const several = join(...Array.from({ length: 4 }, () => requests));
    const attack = async (target: Target) => {
      for (let i = 0; i < 4; i++) {
        const attacker = await target.attacker();
        const calls = Array.from({ length: setting.stack === "native" ? 1_000 : 200 }, (_, k) => [
          openCall(paths.signStream, streamId(k)),
          dataFrames(streamId(k), several),
        ]);
        await attacker.send(...calls.flat());
      }
    };
    isServed(await measure(setting, attack, { serve: rsa, settleMs: 2_000 }), stallMs);
  });

  // Four connections filled the queue, and 180 of 188 calls of another client were refused.
  test(`Calls of RSA-4096 that fill the queue leave room for others (${name})`, async () => {
    const attack = async (target: Target) => {
      for (let i = 0; i < 4; i++) {
        const attacker = await target.attacker();
        const calls = Array.from({ length: 1_000 }, (_, k) => [
          openCall(paths.sign, streamId(k)),
          dataFrames(streamId(k), framed(signRsa), true),
        ]);
        await attacker.send(...calls.flat());
      }
    };
    isServed(
      await measure(setting, attack, { serve: rsa, settleMs: 2_000, kinds: ["sign"] }),
      stallMs,
    );
  });
}

/** The cost of a byte, in memory and CPU time, on each path of the server. @module */
import assert from "node:assert/strict";
import { HpackEncoder } from "../../src/http2/hpack/mod.ts";
import { encoded, frame, FrameFlag, FrameType, join } from "../http2/_frames.ts";
import { requestFields } from "../grpc/native/_raw_client.ts";
import { measure, summary, test } from "./_gated.ts";
import type { Target } from "./_measure.ts";
import {
  dataFrames,
  field,
  gzipped,
  MAX_MESSAGE,
  openGzipCall,
  paths,
  streamId,
} from "./_requests.ts";
import { settingName, settings } from "./_settings.ts";

/** A way in which few bytes could cost much, with limits of memory and CPU time per byte sent. */
interface Path {
  readonly name: string;
  /** Sends the bytes, waits until they are processed, and returns their number. */
  run(target: Target): Promise<number>;
  readonly memoryPerByte: number;
  /** Microseconds of CPU, several times those of a quiet machine: the good client's calls count, and CPUs are shared. */
  readonly cpuPerByte: number;
  /** The limit for grpc-js, where it is another one. */
  readonly grpcJsCpuPerByte?: number;
}

/** Makes sequential unary calls on one connection. */
function calls(path: string, message: Uint8Array, count: number) {
  return async (target: Target) => {
    const attacker = await target.attacker();
    let sent = 0;
    for (let i = 0; i < count; i++) {
      const id = streamId(i);
      const bytes = join(openGzipCall(path, id), dataFrames(id, message, true));
      sent += bytes.length;
      await attacker.send(bytes);
      assert.ok(await attacker.saw(new RegExp(`^HEADERS ${id}\\b`)));
    }
    return sent;
  };
}

/** Opens streams and leaves them open, a few bytes each by the HPACK table. */
function openStreams(count: number, ...extra: string[]) {
  return async (target: Target) => {
    let sent = 0;
    for (let connection = 0; connection < 4; connection++) {
      const attacker = await target.attacker();
      const encoder = new HpackEncoder(4_096);
      const fields = requestFields(paths.signStream, extra);
      const bytes = join(...Array.from({ length: count }, (_, i) => {
        const block = encoded(encoder, [...fields, "x-id", String(i)]);
        return frame(FrameType.HEADERS, FrameFlag.END_HEADERS, streamId(i), block);
      }));
      sent += bytes.length;
      await attacker.send(bytes);
      await attacker.settled();
    }
    return sent;
  };
}

/** A batch of empty SignRequests, two bytes each. */
const emptyItems = new Uint8Array(MAX_MESSAGE - 16).map((_, i) => i % 2 === 0 ? 0x0a : 0);
/** A string field of 4 MiB of invalid UTF-8. */
const notUtf8 = field(1, new Uint8Array(MAX_MESSAGE - 16).fill(0xff));
/** A string field of U+FFFD, the replacement character of three bytes. */
const replacements = field(1, new TextEncoder().encode("\ufffd".repeat(MAX_MESSAGE / 3 - 16)));
const longValue = ["x-a", "y".repeat(3_500)];

/** A byte of gzip inflates to 1,000 of the message, of which two or three copies exist until garbage is collected. */
const INFLATED = 3_000;

const ways: readonly Path[] = [
  {
    name: "empty items of a batch",
    run: calls(paths.signBatch, gzipped(emptyItems), 20),
    memoryPerByte: INFLATED,
    cpuPerByte: 10,
  },
  {
    name: "a long string that is no UTF-8",
    run: calls(paths.sign, gzipped(notUtf8), 40),
    memoryPerByte: INFLATED,
    cpuPerByte: 10,
  },
  {
    name: "a long string of U+FFFD",
    run: calls(paths.sign, gzipped(replacements), 40),
    memoryPerByte: INFLATED,
    cpuPerByte: 10,
  },
  {
    name: "open streams",
    run: openStreams(1_000),
    memoryPerByte: 1_200,
    cpuPerByte: 10,
  },
  {
    name: "open streams with long header lists out of the table",
    run: openStreams(1_000, ...longValue, ...longValue, ...longValue, ...longValue),
    memoryPerByte: 1_200,
    cpuPerByte: 10,
    // It makes strings of 14 KB for each stream of 31 bytes: 6 µs on a quiet machine, 11 on a busy one.
    grpcJsCpuPerByte: 30,
  },
];

for (const setting of settings) {
  test(`Few bytes cost little, on each path (${settingName(setting)})`, async (t) => {
    const measured = await measure(setting, async (target) => {
      for (const { name, run, memoryPerByte, ...way } of ways) {
        const cpuPerByte = setting.stack === "grpc-js" && way.grpcJsCpuPerByte || way.cpuPerByte;
        await t.step(name, async () => {
          const { server } = target;
          const [kib, seconds] = [server.residentKiB(), server.cpuSeconds()];
          const sent = await run(target);
          const memory = (server.residentKiB() - kib) * 1_024 / sent;
          const cpu = (server.cpuSeconds() - seconds) * 1e6 / sent;
          assert.ok(memory < memoryPerByte, `${memory} bytes of memory for one of ${sent}`);
          assert.ok(cpu < cpuPerByte, `${cpu} µs of CPU for a byte of ${sent}`);
        });
      }
    }, { kinds: ["health"] });
    assert.equal(measured.failures.length, 0, summary(measured));
  });
}

/** The longest turn of a server's thread. @module */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { block, frame, FrameFlag, FrameType, join } from "../../http2/_frames.ts";
import { CLIENT_PREFACE, settings, SETTINGS_ACK } from "../../http2/_frames.ts";
import { gate } from "../../_support/gate.ts";
import { requestFields } from "./_raw_client.ts";

const [
  test,
  { Engine, echoService, net, busyFor, implement, unary, signingDefinition, bidi, logger },
] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_turns.ts"),
);

/** The longest allowed turn, in milliseconds of CPU time. */
const MAX_TURN_MS = 50;

/** Returns the CPU time of this thread in milliseconds (proc(5), schedstat): other processes do not count. */
function cpuMs(): number {
  return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
}

const ECHO = "/signer.v1.EchoService/Echo";
const BATCH = "/signer.v1.SigningService/SignBatch";
const MAX_MESSAGE = 4 * 1024 * 1024;

/** Returns a field of bytes or text. */
function field(number: number, value: Uint8Array): Uint8Array {
  const length = [];
  for (let rest = value.length; rest > 0 || length.length === 0; rest >>>= 7) {
    length.push(rest > 127 ? rest & 127 | 128 : rest);
  }
  return join(Uint8Array.of(number << 3 | 2, ...length), value);
}

/** Returns a message of the maximum size, of repeated pieces. */
function filled(piece: Uint8Array): Uint8Array {
  const count = Math.floor((MAX_MESSAGE - 16) / piece.length);
  const bytes = new Uint8Array(count * piece.length);
  for (let i = 0; i < count; i++) bytes.set(piece, i * piece.length);
  return bytes;
}

const text = (value: string) => new TextEncoder().encode(value);

/** Returns HEADERS and DATA of a call. */
function call(i: number, path: string, message: Uint8Array, gzip: boolean): Uint8Array {
  const id = 2 * i + 1;
  const extra = gzip ? ["grpc-encoding", "gzip"] : [];
  const body = gzip ? Uint8Array.from(gzipSync(message, { level: 9 })) : message;
  const prefixed = new Uint8Array(5 + body.length);
  prefixed[0] = gzip ? 1 : 0;
  new DataView(prefixed.buffer).setUint32(1, body.length);
  prefixed.set(body, 5);
  const pieces = [
    frame(FrameType.HEADERS, FrameFlag.END_HEADERS, id, block(requestFields(path, extra))),
  ];
  for (let at = 0; at < prefixed.length; at += 16_384) {
    const last = at + 16_384 >= prefixed.length;
    const flags = last ? FrameFlag.END_STREAM : 0;
    pieces.push(frame(FrameType.DATA, flags, id, prefixed.subarray(at, at + 16_384)));
  }
  return join(...pieces);
}

function calls(count: number, path: string, message: Uint8Array, gzip = true): Uint8Array {
  const first = call(0, path, message, gzip);
  const rest = Array.from({ length: count - 1 }, (_, i) => call(i + 1, path, message, gzip));
  return join(first, ...rest);
}

/** The worst known inputs, each sent to a new server. */
const inputs: Readonly<Record<string, () => Uint8Array>> = {
  "strings of one U+FFFD": () => calls(12, ECHO, filled(field(1, text("\ufffd")))),
  "a string of U+FFFD": () => calls(12, ECHO, field(1, text("\ufffd".repeat(1_390_000)))),
  "4 MiB of zeros": () => calls(12, ECHO, field(2, new Uint8Array(MAX_MESSAGE - 16))),
  "bytes that are not UTF-8": () => calls(12, ECHO, field(1, new Uint8Array(4_000_000).fill(0xff))),
  "batches of empty requests": () => calls(12, BATCH, filled(Uint8Array.of(0x0a, 0))),
  "batches of 1,024 units of 4 ms": () =>
    calls(12, BATCH, join(...Array.from({ length: 1_024 }, () => Uint8Array.of(0x0a, 0)))),
  "1,000 small calls": () => calls(1_000, ECHO, new Uint8Array(0), false),
};

/** A handler that takes turns of 4 ms, as signing with RSA-4096 does. */
function slowSigning() {
  const nothing = unary(() => ({}) as never);
  return implement(signingDefinition, {
    SignBatch: unary(async ({ requests }, context) => {
      const units = requests.slice(0, 1_024).map(() => ({
        costClass: "slow",
        run: () => busyFor(4),
      }));
      await context.runInTurn(units);
      return { results: [] };
    }),
    SignStream: bidi(async function* () {}),
    ...{ Sign: nothing, Verify: nothing, ListKeys: nothing, GetPublicKey: nothing },
  } as never);
}

/** Sends an input to an engine, and returns its longest turn in milliseconds of CPU time. */
async function longestTurn(input: Uint8Array): Promise<number> {
  using engine = new Engine({ services: [echoService(), slowSigning()], log: logger("native") });
  using listener = await net.listen(net.tcpAddress("127.0.0.1:0"));
  engine.accept(listener, false);
  const { port } = listener.address as { port: number };
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const sending = send(conn, join(CLIENT_PREFACE, settings(), SETTINGS_ACK, input));
  const reading = drain(conn);
  let longest = 0;
  // Runs until there are no more events and no work, or for this many turns.
  for (let i = 0, idle = 0; i < 400 && idle < 20; i++) {
    const before = cpuMs();
    engine.turn(0);
    longest = Math.max(longest, cpuMs() - before);
    idle = engine.timeout === 0 ? 0 : idle + 1;
    await new Promise((resolve) => setTimeout(resolve, idle > 0 ? 1 : 0));
  }
  engine.stopAccepting();
  conn.close();
  await Promise.all([sending, reading]);
  return longest;
}

async function send(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  } catch {
    // The test was over first.
  }
}

async function drain(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // The test was over first.
  }
}

for (const [name, input] of Object.entries(inputs)) {
  test(`A turn ends within 50 ms of CPU: ${name}`, async () => {
    const bytes = input();
    let best = Infinity;
    // Code that is not compiled yet, or a garbage collection, may spoil a run.
    for (let run = 0; run < 3 && best > MAX_TURN_MS; run++) {
      best = Math.min(best, await longestTurn(bytes));
    }
    assert.ok(best <= MAX_TURN_MS, `${best.toFixed(1)} ms`);
  });
}

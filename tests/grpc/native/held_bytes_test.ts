/** The count of held request bytes. @module */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { join, rstStream } from "../../http2/_frames.ts";
import { generator, type Random } from "../../http2/_random.ts";
import { gate } from "../../_support/gate.ts";
import { dataFrames, openCall, streamId } from "../../hostile/_requests.ts";
import { framed } from "../../_support/framed.ts";
import { until } from "../../_support/until.ts";
import type { Attacker as RawPeer } from "./_attacker.ts";

const [test, { HeldRig, usedBytes, Attacker }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({ ...await import("./_held_rig.ts"), ...await import("./_attacker.ts") }),
);

const CONNECTIONS = 6;
const STEPS = 400;

/** Allowed difference between the count and the memory in use, for code, tables, sockets and their buffers. */
const SLACK_BYTES = 2 * 1024 * 1024;

/** Random bytes, half of them compressible. */
function randomMessage(random: Random, limit: number): Uint8Array {
  const bytes = new Uint8Array(random(limit));
  for (let i = 0; i < bytes.length / 2; i++) bytes[i] = random(256);
  return bytes;
}

/** A peer that leaves calls in random states: open, with incomplete or complete messages, ended, reset. */
class RandomPeer {
  #calls = 0;
  #open: number[] = [];
  /** Bytes of streaming calls, which the connection's window bounds. */
  #streamed = 0;

  constructor(readonly attacker: RawPeer, readonly random: Random) {}

  async step(): Promise<void> {
    const { random, attacker } = this;
    if (this.#open.length > 0 && random(8) === 0) {
      const [id] = this.#open.splice(random(this.#open.length), 1);
      return void await attacker.send(rstStream(id, 8));
    }
    const id = streamId(this.#calls++);
    const kind = random(3);
    const compressed = random(2) === 0;
    const message = randomMessage(random, kind === 2 ? 10_000 : 100_000);
    const body = compressed ? framed(Uint8Array.from(gzipSync(message)), 1) : framed(message);
    const path = `/test.Held/${["Unary", "Spread", "Chat"][kind]}`;
    const open = openCall(path, id, "grpc-encoding", "gzip", "x-id", String(id));
    const whole = random(3) > 0;
    const sent = whole ? body : body.subarray(0, random(body.length));
    if (kind === 2 && (this.#streamed += 3 * sent.length) > 500_000) return;
    const times = kind === 2 && whole ? 3 : 1;
    const ends = whole && random(2) === 0;
    const data = join(...Array.from({ length: times }, () => sent));
    await attacker.send(open, ...data.length > 0 ? [dataFrames(id, data, ends)] : []);
    this.#open.push(id);
  }
}

for (const seed of [1, 2, 3, 4]) {
  test(`The count of held bytes equals the memory in use, in random states of calls (seed ${seed})`, async () => {
    const random = generator(seed);
    await using rig = await HeldRig.start();
    await using attackers = new AsyncDisposableStack();
    const peers: RandomPeer[] = [];
    for (let i = 0; i < CONNECTIONS; i++) {
      peers.push(new RandomPeer(attackers.use(await Attacker.connect(rig.port)), random));
    }
    for (const { attacker } of peers) await attacker.settled();
    const before = await usedBytes();
    for (let i = 0; i < STEPS; i++) {
      await peers[random(CONNECTIONS)].step();
      if (random(10) === 0) rig.release(random(3));
    }
    for (const { attacker } of peers) await attacker.settled();
    const used = await usedBytes() - before;
    const held = rig.heldBytes;
    assert.ok(held > 4 * SLACK_BYTES, `${held} bytes are held`);
    assert.ok(Math.abs(held - used) < SLACK_BYTES + held / 10, `${held} are counted, ${used} used`);
    await attackers[Symbol.asyncDispose]();
    // The requests of handlers are held until they are done, also when their connections are closed.
    await until("no bytes are held", () => {
      rig.release();
      return rig.heldBytes === 0;
    });
  });
}

test("A request is counted once while its handler's promise is pending", async () => {
  // A request that was decoded and handled as it was read was counted twice: as data that waits for the handler, and as
  // data that the handler has. 1,000 requests of 88 KB then exceeded the limit of a thread, by chance.
  await using rig = await HeldRig.start();
  await using peer = await Attacker.connect(rig.port);
  const [calls, bytes] = [40, 65_000];
  for (let call = 0; call < calls; call++) {
    const id = streamId(call);
    const data = dataFrames(id, framed(new Uint8Array(bytes)), true);
    const before = rig.heldBytes;
    await peer.send(openCall("/test.Held/Unary", id), data);
    await until("the request is held", () => rig.heldBytes >= before + bytes);
  }
  await peer.settled();
  const each = rig.heldBytes / calls;
  assert.ok(each >= bytes && each < 1.1 * bytes + 4_096, `${each} bytes are counted for each`);
  rig.release();
});

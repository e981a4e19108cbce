/** Attacks by slow peers. @module */
import assert from "node:assert/strict";
import { block, CLIENT_PREFACE, data, frame, FrameType } from "../../http2/_frames.ts";
import { type Attack, CALM, headersOpen, open, pause } from "./_attack.ts";
import { Attacker } from "./_attacker.ts";

/** Sends a piece each second until the server closes the connection. */
async function drip(attacker: Attacker, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) {
    if (attacker.ended || !await attacker.send(piece)) return;
    await pause(1_000);
  }
}

function* each(bytes: Uint8Array): Generator<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte);
}
const octets = (bytes: Uint8Array) => [...each(bytes)];

/** Slow attacks, which take the whole time of a limit (`handshakeTimeout`, `frameTimeout`). */
export const slowAttacks: readonly Attack[] = [
  {
    name: "Connections on which nothing is ever said are ended",
    async run({ port }) {
      await using attackers = new AsyncDisposableStack();
      const silent = { opening: new Uint8Array(0) };
      const all = await Promise.all(
        Array.from(
          { length: 100 },
          async () => attackers.use(await Attacker.connect(port, silent)),
        ),
      );
      const ends = await Promise.all(all.map(({ end }) => end));
      assert.deepEqual([...new Set(ends)], [CALM]);
    },
  },
  {
    name: "Slow loris: a preface, an octet at a time",
    async run({ port }) {
      const attacker = await Attacker.connect(port, { opening: new Uint8Array(0) });
      await using _ = attacker;
      await drip(attacker, octets(CLIENT_PREFACE));
      assert.equal(await attacker.end, CALM);
    },
  },
  {
    name: "Slow loris: a header block in CONTINUATION frames, a field now and then",
    async run({ port }) {
      await using attacker = await Attacker.connect(port);
      await attacker.send(headersOpen(1));
      const field = block(["x-a", "b"]);
      const frames = octets(frame(FrameType.CONTINUATION, 0, 1, field));
      await drip(attacker, [...frames, ...frames, ...frames]);
      assert.equal(await attacker.end, CALM);
    },
  },
  {
    name: "Slow loris: a frame, an octet at a time",
    async run({ port }) {
      await using attacker = await Attacker.connect(port);
      await attacker.send(open);
      await drip(attacker, octets(data(1, 100)));
      assert.equal(await attacker.end, CALM);
    },
  },
];

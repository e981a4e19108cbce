/** The turns of connections on the grpc-js stack: their input, and the start of their requests. @module */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { FrameSplitter } from "../../src/grpc/grpcjs/_frame_splitter.ts";
import { ConnectionInput, InputTurns } from "../../src/grpc/grpcjs/_input_turns.ts";
import { Turns } from "../../src/grpc/grpcjs/_turns.ts";
import { CLIENT_PREFACE, data, join } from "../http2/_frames.ts";

/** Returns the preface and frames of 9 octets and some more, with 0 to 99 octets each. */
function frames(count: number): Uint8Array {
  return join(CLIENT_PREFACE, ...Array.from({ length: count }, (_, i) => data(1, i % 100)));
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

Deno.test("Input is split before a frame, however it arrives", () => {
  const input = frames(50);
  const ends = Array.from({ length: 50 }, (_, i) => frames(i + 1).length);
  for (const size of [1, 2, 7, 100, input.length]) {
    const splitter = new FrameSplitter();
    let at = 0;
    let begun = 0;
    // Three frames at a time, of pieces of some size.
    while (at < input.length) {
      const piece = input.subarray(at, at + size);
      const end = splitter.split(piece, 3);
      assert.ok(splitter.frames <= 3);
      begun += splitter.frames;
      at += end;
      if (end < piece.length) assert.ok(ends.includes(at), `${at} is within a frame`);
    }
    assert.equal(begun, 50);
  }
});

// One turn of the event loop passed on all input of 500 connections: 500,000 calls, 1.9 GiB, and a stall of 13 s.
Deno.test("A connection with much input does not delay the input of another", async () => {
  const turns = new InputTurns();
  const order: string[] = [];
  const open = (name: string) =>
    new ConnectionInput(turns, (chunk) => {
      order.push(`${name} ${chunk?.length ?? "end"}`);
      return true;
    }, () =>
      false, () =>
      order.push(`${name} empty`));
  const [greedy, modest] = [open("greedy"), open("modest")];
  const much = frames(100);
  assert.equal(greedy.push(much), false);
  assert.ok(greedy.isWaiting);
  assert.equal(greedy.push(null), false);
  assert.equal(modest.push(frames(2)), true);
  assert.deepEqual(order, [`greedy ${frames(8).length}`, `modest ${frames(2).length}`]);
  for (let i = 0; i < 20 && greedy.isWaiting; i++) await turn();
  assert.deepEqual(order.slice(-2), ["greedy end", "greedy empty"]);
  const passed = order.filter((line) => /^greedy \d/.test(line)).map((line) => +line.split(" ")[1]);
  assert.equal(passed.reduce((a, b) => a + b), much.length);
  assert.ok(passed.length >= 100 / 8);
});

Deno.test("Input that waits stays while its consumer is full, and is dropped with its connection", async () => {
  const turns = new InputTurns();
  let [passed, full] = [0, false];
  const input = new ConnectionInput(
    turns,
    (chunk) => {
      passed += chunk!.length;
      return true;
    },
    () => full,
    () => {},
  );
  input.push(frames(100));
  full = true;
  const before = passed;
  for (let i = 0; i < 3; i++) await turn();
  assert.equal(passed, before);
  full = false;
  input.wake();
  await turn();
  assert.ok(passed > before);
  input.clear();
  const dropped = passed;
  for (let i = 0; i < 3; i++) await turn();
  assert.equal(passed, dropped);
});

// Each slice began with the connection that was first of all: another one waited 2.7 s while two sent batches.
Deno.test("Requests of connections start in turn, also when each takes a whole slice", async () => {
  const turns = new Turns(0);
  const started: string[] = [];
  const connections = { a: {}, b: {}, c: {} };
  for (const [name, connection] of Object.entries(connections)) {
    for (let i = 0; i < 3; i++) {
      turns.push(connection, { isReady: () => true, start: () => void started.push(name) });
    }
  }
  for (let i = 0; i < 100 && started.length < 9; i++) await turn();
  assert.equal(started.length, 9);
  // The first started before the others were there.
  assert.equal(started.join(""), "aabcabcbc");
});

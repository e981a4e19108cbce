import assert from "node:assert/strict";
import { Deadlines, type Timed } from "../../../src/grpc/native/server/_deadlines.ts";
import { generator } from "../../http2/_random.ts";

class Entry implements Timed {
  place = -1;
  order = 0;

  constructor(readonly due: number, readonly expired: number[]) {}

  onDeadline(): void {
    this.expired.push(this.due);
  }
}

Deno.test("`expire()` reports exactly the expired items, in the order of their deadlines", () => {
  const below = generator(11);
  const deadlines = new Deadlines();
  const expired: number[] = [];
  const left = new Set<Entry>();
  for (let round = 0; round < 2_000; round++) {
    const entry = new Entry(below(1_000), expired);
    deadlines.add(entry);
    left.add(entry);
    if (below(3) > 0) continue;
    const [taken] = [...left].slice(below(left.size));
    deadlines.remove(taken);
    deadlines.remove(taken);
    left.delete(taken);
  }
  const expected = [...left].map(({ due }) => due).sort((a, b) => a - b);
  assert.equal(deadlines.next, expected[0]);
  deadlines.expire(499);
  assert.deepEqual(expired, expected.filter((at) => at <= 499));
  deadlines.expire(Infinity);
  assert.deepEqual(expired, expected);
  assert.equal(deadlines.next, Infinity);
});

Deno.test("Other items can be removed during `expire()`", () => {
  const deadlines = new Deadlines();
  const expired: number[] = [];
  const other = new Entry(2, expired);
  const first = new Entry(1, expired);
  first.onDeadline = () => deadlines.remove(other);
  deadlines.add(other);
  deadlines.add(first);
  deadlines.expire(10);
  assert.deepEqual(expired, []);
});

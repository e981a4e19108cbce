/** The hash table of streams. @module */
import assert from "node:assert/strict";
import { StreamTable } from "../../src/http2/_stream_table.ts";
import { generator } from "./_random.ts";

Deno.test("`StreamTable` agrees with a Map over random insertions and deletions", () => {
  const random = generator(7);
  for (let round = 0; round < 20; round++) {
    const table = new StreamTable<string>();
    const map = new Map<number, string>();
    // Few ids, many of which share a slot, so that runs of taken slots form, split and wrap round.
    const ids = Array.from({ length: 60 }, () => 1 + 2 * random(400));
    for (let step = 0; step < 2000; step++) {
      const id = ids[random(ids.length)];
      if (random(2) === 0) {
        table.set(id, `stream ${id}`);
        map.set(id, `stream ${id}`);
      } else {
        table.delete(id);
        map.delete(id);
      }
      assert.equal(table.size, map.size);
      const probe = ids[random(ids.length)];
      assert.equal(table.get(probe), map.get(probe));
      assert.equal(table.has(probe), map.has(probe));
    }
    assert.deepEqual([...table.values()].sort(), [...map.values()].sort());
  }
});

Deno.test("`StreamTable` finds ids that all collide, up to the highest id", () => {
  const table = new StreamTable<number>();
  const ids = Array.from({ length: 200 }, (_, i) => 2 ** 31 - 1 - i * 2 ** 20);
  for (const id of ids) table.set(id, id);
  for (const id of ids) assert.equal(table.get(id), id);
  assert.equal(table.get(1), undefined);
  for (const id of ids) table.delete(id);
  assert.equal(table.size, 0);
  assert.deepEqual([...table.values()], []);
});

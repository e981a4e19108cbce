import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { fuzz } from "./runner.ts";
import { targets } from "./targets.ts";

/** Rounds of the short run. `deno task fuzz` runs for a given time. */
const ROUNDS = 400;

for (const target of targets) {
  Deno.test(`${target.name} survives ${ROUNDS} hostile inputs`, () => fuzz(target, 1, ROUNDS));
}

const seeds = new URL("seeds/", import.meta.url);
const [test] = await gate(["read"], () => Promise.resolve({}));

test("All targets survive every input under seeds/", () => {
  let count = 0;
  for (const { name } of Deno.readDirSync(seeds)) {
    const target = targets.find((candidate) => name.startsWith(`${candidate.name}-`));
    assert.ok(target, `${name} is for no target`);
    target.run(Uint8Array.fromHex(Deno.readTextFileSync(new URL(name, seeds)).trim()));
    count++;
  }
  assert.ok(count > 0);
});

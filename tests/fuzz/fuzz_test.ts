import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { fuzz } from "./runner.ts";
import { targets } from "./targets.ts";

/** Rounds of the short run; `deno task fuzz` goes on for as long as it is told. */
const ROUNDS = 400;

for (const target of targets) {
  Deno.test(`${target.name} stands ${ROUNDS} hostile inputs`, () => fuzz(target, 1, ROUNDS));
}

const seeds = new URL("seeds/", import.meta.url);
const [test] = await gate(["read"], () => Promise.resolve({}));

test("every input that is kept under seeds/ is stood", () => {
  let count = 0;
  for (const { name } of Deno.readDirSync(seeds)) {
    const target = targets.find((candidate) => name.startsWith(`${candidate.name}-`));
    assert.ok(target, `${name} is for no target`);
    target.run(Uint8Array.fromHex(Deno.readTextFileSync(new URL(name, seeds)).trim()));
    count++;
  }
  assert.ok(count > 0);
});

/** Closes pools with active calls, and prints the growth of the number of descriptors. @module */
import { openDescriptors } from "../../_support/descriptors.ts";
import { PoolRig } from "./_pool.ts";
import { callFields, json } from "./_rig.ts";

async function closedPool(): Promise<void> {
  await using rig = await PoolRig.start(2);
  await using one = await rig.connect();
  await using other = await rig.connect();
  one.open(callFields("Chat"), [json(0)], false);
  other.open(callFields("Spread"), [json(0)], false);
  await Promise.all([one.ping(), other.ping()]);
  await rig.pool.close();
  await Promise.all([one.closed, other.closed]);
}

/** Waits until Deno has ended the workers' threads, and returns the number of descriptors. */
async function settledDescriptors(expected: number): Promise<number> {
  let last = openDescriptors();
  let same = 0;
  for (let i = 0; i < 500 && (last > expected || same < 20); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const now = openDescriptors();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

// The first pool also opens resources of the whole process.
await closedPool();
const before = await settledDescriptors(openDescriptors());
for (let i = 0; i < 8; i++) await closedPool();
console.log(await settledDescriptors(before) - before);
Deno.exit(0);

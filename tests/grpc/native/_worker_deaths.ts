/** Makes workers fail in the named way, and prints the growth of the number of descriptors. @module */
import { openDescriptors } from "../../_support/descriptors.ts";
import { ask, PoolRig } from "./_pool.ts";
import { callFields, json } from "./_rig.ts";

const [asked, deaths] = Deno.args;

let release = new Int32Array(new SharedArrayBuffer(4));
let death = Promise.withResolvers<void>();
const rig = await PoolRig.start(1, {
  maxTurnMs: 400,
  setup: () => ({ data: { release } }),
  onFailure: () => death.resolve(),
});

/** Makes the worker fail, and waits for its replacement. */
async function oneDeath(): Promise<void> {
  const hanging = release;
  release = new Int32Array(new SharedArrayBuffer(4));
  death = Promise.withResolvers();
  const client = await rig.connect();
  client.open(callFields("Unary"), [json(asked)], true);
  await Promise.all([client.closed, death.promise]);
  Atomics.store(hanging, 0, 1);
  await client[Symbol.asyncDispose]();
  const next = await rig.connect();
  await ask(next, "who");
  await next[Symbol.asyncDispose]();
}

/** Waits until ended threads are noticed, which takes a check or two, and returns the number of descriptors. */
async function settled(expected: number): Promise<number> {
  for (let i = 0; i < 100 && openDescriptors() > expected; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return openDescriptors();
}

// The first failure also opens resources of the whole process.
await oneDeath();
let before = openDescriptors();
for (let same = 0; same < 50; same++) {
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (openDescriptors() !== before) same = 0;
  before = openDescriptors();
}
for (let i = 0; i < Number(deaths); i++) await oneDeath();
console.log(await settled(before) - before);
Deno.exit(0);

/** Has workers die in the way named, and prints by how many the process's descriptors have grown. */
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

/** Asks the worker, once it is there, and its replacement for its name when it has died. */
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

/** How many there are once threads that have ended are noticed, which takes a look or two. */
async function settled(expected: number): Promise<number> {
  for (let i = 0; i < 100 && openDescriptors() > expected; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return openDescriptors();
}

// The first death also opens what a process opens once.
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

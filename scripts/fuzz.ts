/**
 * Fuzzes every decoder that takes bytes from a peer, for as long as it is told. An input that fails is
 * kept under `tests/fuzz/seeds`, where the test suite runs it from then on.
 *
 *     deno run --allow-write=tests/fuzz/seeds scripts/fuzz.ts [seconds] [first seed] [target]
 *
 * @module
 */
import { fuzz, FuzzFailure } from "../tests/fuzz/runner.ts";
import { targets } from "../tests/fuzz/targets.ts";

/** Inputs of one seed: few enough that all targets take turns. */
const ROUNDS = 500;

const seconds = Number(Deno.args[0] ?? 60);
const firstSeed = Number(Deno.args[1] ?? Date.now() % 1_000_000);
const chosen = targets.filter(({ name }) => (Deno.args[2] ?? name) === name);
const folder = new URL("../tests/fuzz/seeds/", import.meta.url);

const until = performance.now() + seconds * 1_000;
let seed = firstSeed;
for (; performance.now() < until && chosen.length > 0; seed++) {
  for (const target of chosen) {
    try {
      fuzz(target, seed, ROUNDS);
    } catch (error) {
      if (!(error instanceof FuzzFailure)) throw error;
      const file = new URL(`${target.name}-seed-${seed}.hex`, folder);
      Deno.writeTextFileSync(file, error.input.toHex() + "\n");
      console.error(`Seed ${seed} of ${target.name} failed; its input is in ${file.pathname}`);
      console.error(error.cause);
      Deno.exit(1);
    }
  }
}
const rounds = (seed - firstSeed) * ROUNDS;
console.log(
  `${rounds} inputs for each of ${chosen.length} targets, seeds ${firstSeed} to ${seed - 1}`,
);

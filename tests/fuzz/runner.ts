import { generator } from "../http2/_random.ts";
import { mutate } from "./mutations.ts";
import type { FuzzTarget } from "./_target.ts";

/** An input on which a target failed. */
export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
  readonly input: Uint8Array;

  constructor(target: string, round: number, input: Uint8Array, cause: unknown) {
    super(`${target} failed in round ${round} on ${input.toHex()}`, { cause });
    this.input = input;
  }
}

/**
 * Runs a target on its seeds and on `rounds` inputs: mutated seeds, generated input and random bytes. The inputs are
 * reproducible by seed.
 *
 * @throws {FuzzFailure} at the first failure
 */
export function fuzz(target: FuzzTarget, seed: number, rounds: number): void {
  const random = generator(seed);
  const seeds = target.seeds();
  const attempt = (round: number, input: Uint8Array) => {
    try {
      target.run(input);
    } catch (error) {
      throw new FuzzFailure(target.name, round, input, error);
    }
  };
  for (const input of seeds) attempt(0, input);
  for (let round = 1; round <= rounds; round++) {
    const kind = random(10);
    let input: Uint8Array;
    if (kind === 0) input = Uint8Array.from({ length: random(200) }, () => random(256));
    else if (kind < 5 && target.generate !== undefined) input = target.generate(random);
    else input = seeds[random(seeds.length)];
    if (kind !== 1) input = mutate(input, random);
    attempt(round, input);
  }
}

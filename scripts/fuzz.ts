/**
 * Fuzzes every decoder of bytes from a peer, and live servers of both stacks, for a given time. An input that fails a
 * decoder is saved under `tests/fuzz/seeds`, where the test suite runs it. A live server fails at a seed, which
 * repeats the same conversations; the failure may depend on the seeds before it.
 *
 *     deno task fuzz [seconds] [first seed] [target]
 *
 * The targets are the decoders, `live_native` and `live_grpc-js`; by default the decoders, and `live` for both
 * servers.
 *
 * @module
 */
import { LiveFailure, LiveServer, liveStacks } from "../tests/fuzz/live.ts";
import { fuzz, FuzzFailure } from "../tests/fuzz/runner.ts";
import { targets } from "../tests/fuzz/targets.ts";

/** Inputs of one seed: few, so that all decoders take turns. */
const ROUNDS = 500;

const seconds = Number(Deno.args[0] ?? 60);
const firstSeed = Number(Deno.args[1] ?? Date.now() % 1_000_000);
const name = Deno.args[2];
const until = performance.now() + seconds * 1_000;

const stacks = liveStacks.filter((stack) => name === "live" || name === `live_${stack}`);
if (stacks.length > 0) await fuzzServers();
else fuzzDecoders();

function fuzzDecoders(): void {
  const chosen = targets.filter((target) => target.name === (name ?? target.name));
  if (chosen.length === 0) throw new TypeError(`No target is called ${name}`);
  let seed = firstSeed;
  for (; performance.now() < until; seed++) {
    for (const target of chosen) {
      try {
        fuzz(target, seed, ROUNDS);
      } catch (error) {
        if (!(error instanceof FuzzFailure)) throw error;
        const folder = new URL("../tests/fuzz/seeds/", import.meta.url);
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
}

async function fuzzServers(): Promise<void> {
  const servers = await Promise.all(stacks.map(LiveServer.start));
  let seed = firstSeed;
  try {
    for (; performance.now() < until; seed++) {
      for (const server of servers) await server.play(seed);
    }
  } catch (error) {
    if (!(error instanceof LiveFailure)) throw error;
    console.error(`${error.message}; the seeds began with ${firstSeed}`);
    if (error.cause) console.error(error.cause);
    Deno.exitCode = 1;
  }
  for (const server of servers) await server[Symbol.asyncDispose]();
  console.log(
    `${seed - firstSeed} conversations with ${stacks.join(" and ")}, seeds ${firstSeed} to ${
      seed - 1
    }`,
  );
}

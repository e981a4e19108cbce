/**
 * Measures whether the time of a refused token depends on the hash that it is compared with, by the method of dudect
 * (Reparaz, Balasch and Verbauwhede, 2016): two classes of inputs in random order, and Welch's t-test of their times.
 *
 * In one class the hash of the server differs from that of the token in its last byte alone, in the other already in
 * its first. A comparison that stops at the first difference is the control: the test has to find it.
 *
 * Usage: deno task bench:token-timing [rounds]
 *
 * @module
 */
import { hashToken } from "../src/access/mod.ts";
import { TokenSet } from "../src/access/tokens.ts";

/** The absolute value of t from which on dudect takes a difference for real. */
const THRESHOLD = 4.5;

/** Look-ups that are timed together, because the clock has steps of a microsecond. */
const LOOKUPS = 50;

/** Tokens of the set: a difference in one comparison adds up. */
const TOKENS = 100;

const token = "signer_token-of-an-attacker";

const target = hashToken(token);

/** The hashes of the set. Both classes use the same memory, whose place would make a difference of its own. */
const hashes = Array.from({ length: TOKENS }, () => hashToken(token));

/** Has every hash differ from the target in one byte. */
function differAt(position: number): void {
  for (const [i, hash] of hashes.entries()) {
    hash.set(target);
    hash[position] ^= 1 + i;
  }
}

/** Times a look-up in nanoseconds, some `rounds` times for each of the two classes, in random order. */
function measure(rounds: number, lookUp: () => void): [number[], number[]] {
  const times: [number[], number[]] = [[], []];
  for (let i = -1_000; i < 2 * rounds; i++) {
    const which = Math.random() < 0.5 ? 0 : 1;
    differAt(which === 0 ? 31 : 0);
    const began = performance.now();
    for (let j = 0; j < LOOKUPS; j++) lookUp();
    if (i >= 0) times[which].push((performance.now() - began) / LOOKUPS * 1e6);
  }
  return times;
}

/** Welch's t of two samples, without the slowest tenth: interrupts. */
function welch(samples: readonly [number[], number[]]): { t: number; difference: number } {
  const [a, b] = samples.map((sample) => {
    const kept = sample.toSorted((x, y) => x - y).slice(0, Math.floor(sample.length * 0.9));
    const mean = kept.reduce((sum, x) => sum + x, 0) / kept.length;
    const variance = kept.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  });
  const difference = a!.mean - b!.mean;
  return { t: difference / Math.sqrt(a!.error + b!.error), difference };
}

/** The control: stops at the first byte that differs. */
function comparesEarly(): () => void {
  return () => {
    const hash = hashToken(token);
    let found = false;
    for (const other of hashes) {
      let at = 0;
      while (at < hash.length && hash[at] === other[at]) at++;
      if (at === hash.length) found = true;
    }
    if (found) throw new Error("found");
  };
}

function looksUp(): () => void {
  const dates = { notBefore: undefined, expires: undefined };
  const set = new TokenSet(hashes.map((hash, i) => ({ name: `t${i}`, hash, ...dates })));
  return () => {
    if (set.find(token, 0).kind === "accepted") throw new Error("accepted");
  };
}

const rounds = Number(Deno.args[0] ?? 20_000);
for (const [name, make] of [["TokenSet.find", looksUp], ["control", comparesEarly]] as const) {
  const { t, difference } = welch(measure(rounds, make()));
  const verdict = Math.abs(t) < THRESHOLD ? "no difference found" : "the time depends on the hash";
  console.log(
    `${name.padEnd(14)} t ${t.toFixed(2)}, ${
      difference.toFixed(1)
    } ns a look-up of ${TOKENS}: ${verdict}`,
  );
}

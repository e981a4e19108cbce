import type { Random } from "../http2/_random.ts";

/** Boundary values of parsers. */
const EDGES = [0, 1, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xbe, 0xff];

/** Returns a changed copy of an input. */
type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  // Flips a bit.
  (bytes, random) => {
    const copy = bytes.slice();
    if (copy.length > 0) copy[random(copy.length)] ^= 1 << random(8);
    return copy;
  },
  // Sets a byte to a boundary value.
  (bytes, random) => {
    const copy = bytes.slice();
    if (copy.length > 0) copy[random(copy.length)] = EDGES[random(EDGES.length)];
    return copy;
  },
  // Truncates.
  (bytes, random) => bytes.slice(0, random(bytes.length + 1)),
  // Removes bytes.
  (bytes, random) => {
    const at = random(bytes.length + 1);
    return concat(bytes.subarray(0, at), bytes.subarray(at + random(16)));
  },
  // Repeats bytes.
  (bytes, random) => {
    const at = random(bytes.length + 1);
    return concat(bytes.subarray(0, at + random(64)), bytes.subarray(at));
  },
  // Inserts random bytes.
  (bytes, random) => {
    const at = random(bytes.length + 1);
    const noise = Uint8Array.from({ length: random(12) }, () => random(256));
    return concat(concat(bytes.subarray(0, at), noise), bytes.subarray(at));
  },
];

/** Applies one to four mutations. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  for (let i = 1 + random(4); i > 0; i--) {
    bytes = MUTATIONS[random(MUTATIONS.length)](bytes, random);
  }
  return bytes;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

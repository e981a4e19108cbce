import { codeLengths, codes, EOS } from "./_huffman_code.ts";

/** The bit of a transition that completes a symbol, which is in the low 8 bits. */
export const EMITS = 0x100;

/** The position of the next state in a transition. */
export const NEXT_SHIFT = 16;

/** The transition of bits that lead to EOS, which no string contains (RFC 7541 section 5.2). */
export const FAILS = 0xffff_ffff;

/**
 * The automaton of the decoder. A state is an inner node of the code's tree (the root is 0). Input is read four bits
 * at a time, which complete one symbol at most, as the shortest code has five bits:
 *
 *     transitions[state * 16 + nibble] = | next state: 8 | 0: 7 | emits: 1 | symbol: 8 |
 */
export const transitions: Uint32Array = new Uint32Array(256 * 16);

/** 1 for each state in which a string may end: after at most 7 bits of padding, all ones (section 5.2). */
export const accepting: Uint8Array = new Uint8Array(256);

/** The two children of each inner node: another node's number, or a symbol as `-1 - symbol`. */
const children: [number, number][] = [[0, 0]];

for (let symbol = 0; symbol <= EOS; symbol++) {
  let node = 0;
  for (let bit = codeLengths[symbol] - 1; bit > 0; bit--) {
    const side = (codes[symbol] >>> bit) & 1;
    if (children[node][side] === 0) children[node][side] = children.push([0, 0]) - 1;
    node = children[node][side];
  }
  children[node][codes[symbol] & 1] = -1 - symbol;
}

for (let state = 0; state < children.length; state++) {
  for (let nibble = 0; nibble < 16; nibble++) {
    transitions[state * 16 + nibble] = walk(state, nibble);
  }
}

for (let node = 0, ones = 0; ones <= 7; ones++, node = children[node][1]) accepting[node] = 1;

function walk(state: number, nibble: number): number {
  let node = state;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    node = children[node][(nibble >>> bit) & 1];
    if (node === -1 - EOS) return FAILS;
    if (node < 0) {
      emitted = EMITS | (-1 - node);
      node = 0;
    }
  }
  return ((node << NEXT_SHIFT) | emitted) >>> 0;
}

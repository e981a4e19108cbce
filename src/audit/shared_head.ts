/** The head of a chain in memory that threads share. @module */
import { HASH_BYTES, type Head } from "./record.ts";

/** Words: a version, which is odd while the rest is written; the sequence number; eight words of the hash. */
const WORDS = 10;
const VERSION = 0;
const SEQ = 1;
const HASH = 2;

/** Attempts to read a head that its writer does not change meanwhile: a write takes nanoseconds. */
const MAX_ATTEMPTS = 10_000;

/** Makes the memory of a head. */
export function createHeadMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(WORDS * 4);
  writeHead(memory, -1, new Uint8Array(HASH_BYTES));
  return memory;
}

/** Writes a head, with the hash as bytes. To be called by one thread alone. */
export function writeHead(memory: SharedArrayBuffer, seq: number, hash: Uint8Array): void {
  const words = new Int32Array(memory);
  const version = Atomics.add(words, VERSION, 1) + 1;
  Atomics.store(words, SEQ, seq);
  for (let i = 0; i < 8; i++) {
    const at = 4 * i;
    const word = hash[at] << 24 | hash[at + 1] << 16 | hash[at + 2] << 8 | hash[at + 3];
    Atomics.store(words, HASH + i, word);
  }
  Atomics.store(words, VERSION, version + 1);
}

/** Reads a head; undefined when its thread has ended while it wrote. */
export function readHead(memory: SharedArrayBuffer): Head | undefined {
  const words = new Int32Array(memory);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const version = Atomics.load(words, VERSION);
    if (version % 2 !== 0) continue;
    const seq = Atomics.load(words, SEQ);
    let hash = "";
    for (let i = 0; i < 8; i++) {
      hash += (Atomics.load(words, HASH + i) >>> 0).toString(16).padStart(8, "0");
    }
    if (Atomics.load(words, VERSION) === version) return { seq, hash };
  }
  return undefined;
}

/**
 * Hashes of the parts of an audit file.
 *
 * A signed line covers the bytes of the file from the end of the part before to a position: the hash is that of the hash
 * before, as 32 bytes, and of those bytes. It proves the order of lines of different chains, which their own hashes do
 * not.
 *
 * @module
 */
import { nodeCrypto } from "../node/mod.ts";

/** The hash before the first part. */
export const NO_SEGMENT = "0".repeat(64);

/** 256 KiB, which take about a millisecond to hash. */
const CHUNK = 256 * 1024;

const LINE_FEED = 0x0a;

/** A part of a file: positions of its begin and its end, and the hash. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** Reads a part of a file from a position to a given end, or to the end of the last whole line. */
export class SegmentReader {
  readonly #file: Deno.FsFile;
  readonly #from: number;
  readonly #to: number | undefined;
  readonly #hash = nodeCrypto().createHash("sha256");
  readonly #buffer = new Uint8Array(CHUNK);
  #at: number;

  /** @param before the hash of the part before */
  constructor(file: Deno.FsFile, from: number, before: string, to?: number) {
    this.#file = file;
    this.#from = this.#at = from;
    this.#to = to;
    this.#hash.update(Uint8Array.fromHex(before));
  }

  /** Reads some more. False when there is nothing more. */
  advance(): boolean {
    const length = Math.min(CHUNK, (this.#to ?? Infinity) - this.#at);
    if (length <= 0) return false;
    this.#file.seekSync(this.#at, Deno.SeekMode.Start);
    const read = this.#file.readSync(this.#buffer.subarray(0, length)) ?? 0;
    const whole = this.#to === undefined ? this.#buffer.lastIndexOf(LINE_FEED, read - 1) + 1 : read;
    if (read === 0 || whole === 0) return false;
    this.#hash.update(this.#buffer.subarray(0, whole));
    this.#at += whole;
    return true;
  }

  /** The part that was read. The reader cannot be used any more. */
  finish(): Segment {
    return { from: this.#from, to: this.#at, hash: this.#hash.digest("hex") };
  }
}

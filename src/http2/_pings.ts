import { encodePing, MAX_31_BITS, pingNumber } from "./frame/mod.ts";
import type { OutputBuffer } from "./output_buffer.ts";

/** What is called when a PING is answered, with the time in milliseconds. */
export type OnPingAck = (now: number) => void;

/** Our PINGs that wait for their answers, told apart by a number in their opaque data. */
export class Pings {
  readonly #waiting: Map<number, OnPingAck> = new Map();
  #next = 1;

  /** Sends a PING. False where `most` are without an answer. */
  send(output: OutputBuffer, most: number, onAck: OnPingAck): boolean {
    if (this.#waiting.size >= most) return false;
    this.#waiting.set(this.#next, onAck);
    encodePing(output, this.#next);
    this.#next = this.#next % MAX_31_BITS + 1;
    return true;
  }

  /** Takes the answer whose payload is at `at`. False where it answers no PING of ours. */
  answered(bytes: Uint8Array, at: number, now: number): boolean {
    const number = pingNumber(bytes, at);
    const onAck = this.#waiting.get(number);
    if (onAck === undefined) return false;
    this.#waiting.delete(number);
    onAck(now);
    return true;
  }

  /** Forgets what will not be answered. */
  clear(): void {
    this.#waiting.clear();
  }
}

/** The responses of a call that the application has not taken yet. @module */
import { iterateResponses, type ResponseReader, type RpcError } from "../../mod.ts";
import type { Call } from "./_call.ts";

/**
 * Queues the responses of one call for the application. Responses received before an error are given
 * before the error. The one response of a unary call is given once the call has ended with OK.
 */
export class ResponseQueue<O> implements AsyncIterable<O> {
  readonly #single: boolean;
  readonly #call: Call;
  #values: O[] = [];
  /** Size on the wire of each value, in bytes. */
  #sizes: number[] = [];
  /** Index of the first value that was not taken. */
  #first = 0;
  #reader: ResponseReader<O> | undefined;
  /** The end of the call: null for OK, undefined before it. */
  #end: RpcError | null | undefined;

  /** @param single true for a call with one response */
  constructor(single: boolean, call: Call) {
    this.#single = single;
    this.#call = call;
  }

  /** Number of responses that were not taken. */
  get length(): number {
    return this.#values.length - this.#first;
  }

  /** Adds a response of `size` bytes on the wire. */
  push(value: O, size: number): void {
    const reader = this.#reader;
    if (reader !== undefined && !this.#single) {
      this.#reader = undefined;
      this.#call.release(size);
      return reader.resolve({ done: false, value });
    }
    this.#values.push(value);
    this.#sizes.push(size);
  }

  /** Ends the queue with the call: with its error, or with null for OK. */
  end(error: RpcError | null): void {
    if (error !== null && this.#single) this.#clear();
    this.#end = error;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) this.#give(reader);
  }

  [Symbol.asyncIterator](): AsyncIterator<O, undefined> {
    return iterateResponses({
      isAwaited: () => this.#reader !== undefined,
      give: (reader) => this.#give(reader),
      leave: () => this.#call.fail("CANCELLED", "The caller took no more responses"),
    });
  }

  #give(reader: ResponseReader<O>): void {
    if (this.length > 0 && (!this.#single || this.#end === null)) {
      reader.resolve({ done: false, value: this.#shift() });
    } else if (this.#end === undefined) {
      this.#reader = reader;
    } else if (this.#end === null) {
      reader.resolve({ done: true, value: undefined });
    } else {
      reader.reject(this.#end);
    }
  }

  #shift(): O {
    const value = this.#values[this.#first];
    const size = this.#sizes[this.#first];
    this.#values[this.#first++] = undefined as O;
    if (this.#first * 2 >= this.#values.length) {
      this.#values.splice(0, this.#first);
      this.#sizes.splice(0, this.#first);
      this.#first = 0;
    }
    this.#call.release(size);
    return value;
  }

  #clear(): void {
    this.#values = [];
    this.#sizes = [];
    this.#first = 0;
  }
}

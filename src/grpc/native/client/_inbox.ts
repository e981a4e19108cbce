import { iterateResponses, type ResponseReader, type RpcError } from "../../mod.ts";

/** What an inbox tells its call. */
export interface InboxOwner {
  /** A message of that many bytes on the wire was taken. */
  onTaken(size: number): void;
  /** Nobody takes any more. */
  onLeft(): void;
}

/**
 * The responses of a call between the wire and whoever takes them. Those that came before an error
 * are given before it. The one response of a unary call is given when the call has ended well.
 */
export class Inbox<O> implements AsyncIterable<O> {
  readonly #single: boolean;
  readonly #owner: InboxOwner;
  #values: O[] = [];
  #sizes: number[] = [];
  /** Where the first that waits is: those before it are gone. */
  #first = 0;
  #reader: ResponseReader<O> | undefined;
  /** How the call ended: null is well. */
  #end: RpcError | null | undefined;

  constructor(single: boolean, owner: InboxOwner) {
    this.#single = single;
    this.#owner = owner;
  }

  /** Responses that wait. */
  get length(): number {
    return this.#values.length - this.#first;
  }

  /** Adds a response of `size` bytes on the wire. */
  push(value: O, size: number): void {
    const reader = this.#reader;
    if (reader !== undefined && !this.#single) {
      this.#reader = undefined;
      this.#owner.onTaken(size);
      return reader.resolve({ done: false, value });
    }
    this.#values.push(value);
    this.#sizes.push(size);
  }

  /** Drops what waits. */
  clear(): void {
    this.#values = [];
    this.#sizes = [];
    this.#first = 0;
  }

  /** The call has ended, in the error if there is one. */
  end(error: RpcError | null): void {
    if (error !== null && this.#single) this.clear();
    this.#end = error;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) this.#give(reader);
  }

  [Symbol.asyncIterator](): AsyncIterator<O, undefined> {
    return iterateResponses({
      isAwaited: () => this.#reader !== undefined,
      give: (reader) => this.#give(reader),
      leave: () => this.#owner.onLeft(),
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
    this.#owner.onTaken(size);
    return value;
  }
}

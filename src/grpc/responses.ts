/** Iteration over the responses of a call, for the channels of both stacks. @module */
import type { RpcError } from "./errors.ts";

/** A reader that waits for the next response of a call. */
export interface ResponseReader<O> {
  resolve(result: IteratorResult<O>): void;
  reject(error: RpcError): void;
}

/** The source of a call's responses. */
export interface ResponseSource<O> {
  /** Returns true while a reader waits for the next response. */
  isAwaited(): boolean;
  /** Resolves a reader with the next response, now or when it arrives. */
  give(reader: ResponseReader<O>): void;
  /** Called when the application stops reading. */
  leave(): void;
}

/** Returns an iterator over responses. Stopping early leaves the call, and an error is thrown once. */
export function iterateResponses<O>(source: ResponseSource<O>): AsyncIterator<O, undefined> {
  let failed = false;
  return {
    next: () => {
      if (failed) return Promise.resolve({ done: true, value: undefined });
      if (source.isAwaited()) {
        return Promise.reject(new TypeError("A response is being waited for"));
      }
      return new Promise((resolve, reject) =>
        source.give({
          resolve,
          reject(error) {
            failed = true;
            reject(error);
          },
        })
      );
    },
    return: () => {
      source.leave();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

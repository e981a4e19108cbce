import type { RpcError } from "./errors.ts";

/** One who waits for the next response of a call. */
export interface ResponseReader<O> {
  resolve(result: IteratorResult<O>): void;
  reject(error: RpcError): void;
}

/** Where the responses of a call come from, one at a time. */
export interface ResponseSource<O> {
  /** Whether somebody waits for the next response already. */
  isAwaited(): boolean;
  /** Hands a reader what there is, or keeps it until there is something. */
  give(reader: ResponseReader<O>): void;
  /** Nobody takes any more. */
  leave(): void;
}

/** Responses go to whoever asks; one who stops early has left the call, and an error is told once. */
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

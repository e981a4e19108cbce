/** Outputs of audit lines. @module */

/** An open target. Each write goes to the end of the file (O_APPEND), whatever other threads write there. */
export interface Sink extends Disposable {
  /** Writes bytes. Returns the number of bytes written, and the error that prevented the rest. */
  write(bytes: Uint8Array): { readonly written: number; readonly failure?: Error };
}

/** Makes the sink of an open file, which stays the caller's to close. */
export function sinkOf(output: { writeSync(bytes: Uint8Array): number }): Sink {
  return {
    write(bytes) {
      let written = 0;
      try {
        while (written < bytes.length) written += output.writeSync(bytes.subarray(written));
        return { written };
      } catch (failure) {
        return { written, failure: failure as Error };
      }
    },
    [Symbol.dispose]() {},
  };
}

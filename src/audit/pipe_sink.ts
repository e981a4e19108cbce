/**
 * Pipes, terminals and sockets as targets of audit lines: standard error, or a file of that kind. A pipe that is not read
 * has no room after 64 KiB. A write that waits for its reader without a limit would stop the thread, and on the main
 * thread also the end of the server.
 *
 * @module
 */
import { type LogTarget, writeSome } from "../telemetry/mod.ts";
import type { Sink } from "./sink.ts";

/** 1 s for a reader to make room. */
const MAX_WAIT_MS = 1_000;

/** 5 ms between two attempts. */
const RETRY_MS = 5;

/** 4,096 bytes: a pipe takes so many in one piece or not at all (PIPE_BUF, pipe(7)). */
const MAX_PIECE = 4_096;

const LINE_FEED = 0x0a;

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Makes the sink of an output, which stays the caller's to close. A write waits for up to 1 s while there is no room.
 * After one that has waited in vain, the next ones do not wait until there is room again.
 *
 * @param maxWaitMs another time, for tests
 */
export function pipeSink(output: LogTarget, maxWaitMs = MAX_WAIT_MS): Sink {
  let isStuck = false;
  return {
    write(bytes) {
      const end = performance.now() + (isStuck ? 0 : maxWaitMs);
      let written = 0;
      try {
        while (written < bytes.length) {
          const more = writeSome(output, pieceOf(bytes, written));
          written += more;
          if (more > 0) continue;
          if (performance.now() >= end) throw new Error("nothing reads it");
          Atomics.wait(never, 0, 0, RETRY_MS);
        }
        isStuck = false;
        return { written };
      } catch (failure) {
        isStuck = true;
        return { written, failure: failure as Error };
      }
    },
    [Symbol.dispose]() {},
  };
}

/** Returns the bytes of a position on that are written in one piece: whole lines, so that those of no thread are cut. */
function pieceOf(bytes: Uint8Array, from: number): Uint8Array {
  const to = Math.min(bytes.length, from + MAX_PIECE);
  const end = bytes.lastIndexOf(LINE_FEED, to - 1) + 1;
  return bytes.subarray(from, end > from ? end : to);
}

/** Waiting for a descriptor, for a pause, and for both with a deadline. @module */
import { NetError } from "./errors.ts";
import type { Registrar } from "./poller.ts";

/**
 * Resolves when `fd` is ready for `interest`, or has an error or a hang-up.
 *
 * @throws the reason of `signal`, when it is aborted first
 */
export function waitReady(
  registrar: Registrar,
  fd: number,
  interest: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const settle = () => {
      registrar.remove(fd);
      signal.removeEventListener("abort", onAbort);
    };
    const onAbort = () => {
      settle();
      reject(signal.reason);
    };
    registrar.add(fd, interest, {
      onReady: () => {
        settle();
        resolve();
      },
    });
    signal.addEventListener("abort", onAbort);
  });
}

/**
 * Resolves after `milliseconds`.
 *
 * @throws the reason of `signal`, when it is aborted first
 */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort);
  });
}

/**
 * Runs `body` with a signal that is aborted with `TIMED_OUT` after `milliseconds`, or with `ABORTED` when
 * `outer` is aborted. Leaves no timer behind.
 *
 * @param action for error messages, such as `connect to vsock:3:5000`
 */
export async function withDeadline<T>(
  action: string,
  milliseconds: number,
  outer: AbortSignal | undefined,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const onAbort = () => {
    const options = { cause: outer!.reason };
    controller.abort(new NetError("ABORTED", `Gave up to ${action}: the caller ended it`, options));
  };
  if (outer?.aborted) onAbort();
  outer?.addEventListener("abort", onAbort);
  const timer = setTimeout(() => {
    const message = `Cannot ${action}: no answer within ${milliseconds} ms`;
    controller.abort(new NetError("TIMED_OUT", message));
  }, milliseconds);
  try {
    return await body(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", onAbort);
  }
}

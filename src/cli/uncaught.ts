/** Errors and rejections that nothing in the program catches. @module */

/** Handles an error that no promise of a command carries, such as one in a timer. */
export type UncaughtHandler = (error: unknown) => void;

let handler: UncaughtHandler | undefined;

/**
 * Calls `handle` for each uncaught error and rejection, until disposed of. The latest handler gets all of
 * them: a server logs errors for which the program around it would end.
 */
export function onUncaught(handle: UncaughtHandler): Disposable {
  const before = handler;
  if (before === undefined) {
    addEventListener("error", onError);
    addEventListener("unhandledrejection", onRejection);
  }
  handler = handle;
  return {
    [Symbol.dispose]() {
      handler = before;
      if (before !== undefined) return;
      removeEventListener("error", onError);
      removeEventListener("unhandledrejection", onRejection);
    },
  };
}

function onError(event: ErrorEvent): void {
  event.preventDefault();
  handler?.(event.error);
}

function onRejection(event: PromiseRejectionEvent): void {
  event.preventDefault();
  handler?.(event.reason);
}

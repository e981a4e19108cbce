/** What is done about an error that no promise of a command carries: one in a timer, in a listener. */
export type UncaughtHandler = (error: unknown) => void;

let handler: UncaughtHandler | undefined;

/**
 * Hands uncaught errors and rejections to `handle` until disposed of. The latest one that asked has them
 * all: a server takes over from the program around it, for which such an error is the end.
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

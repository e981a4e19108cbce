/** The exception of the leak check. @module */

const scope = globalThis as { leavesOpen?: string };

/**
 * Exempts this test file from the check of descriptors, for tests of faults that leave some open.
 *
 * @param reason the thing that is left open, and why
 */
export function leaveOpen(reason: string): void {
  scope.leavesOpen = reason;
}

/** Returns true if `leaveOpen()` was called on this thread. */
export function leavesOpen(): boolean {
  return scope.leavesOpen !== undefined;
}

/**
 * The dispositions of signals, which all threads of a process share: signal(7), sigaction(2).
 *
 * @module
 */
import { check } from "./error.ts";
import { settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/** Signal numbers, equal on x86-64 and arm64 (include/uapi/asm-generic/signal.h). */
export const signalNumbers = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGXFSZ: 25,
} as const;

export type SignalName = keyof typeof signalNumbers;

/** The effect of a signal on the process. */
export type Disposition = "default" | "ignored" | "handled";

/**
 * Bytes of glibc's `struct sigaction` (<bits/sigaction.h>): a pointer to the handler, a mask of 1,024
 * signals, the flags with padding, a pointer to the restorer.
 */
const SIGACTION_SIZE = 152;

/** The values of the handler that are no pointers (<bits/signum-generic.h>). */
const SIG_DFL = 0n;
const SIG_IGN = 1n;

/**
 * The disposition of a signal.
 *
 * @throws {LibcError}
 */
export function signalDisposition(name: SignalName): Disposition {
  const { symbols, errno } = libc();
  const action = new BigUint64Array(SIGACTION_SIZE / 8);
  const query = () => symbols.sigaction(signalNumbers[name], null, action);
  check("sigaction", settle(query, errno));
  if (action[0] === SIG_IGN) return "ignored";
  return action[0] === SIG_DFL ? "default" : "handled";
}

/**
 * Makes the process ignore a signal, in every thread. A signal that is pending is discarded.
 *
 * @throws {LibcError}
 */
export function ignoreSignal(name: SignalName): void {
  setDisposition(name, SIG_IGN);
}

/**
 * Gives a signal its default effect, in every thread.
 *
 * @throws {LibcError}
 */
export function restoreSignal(name: SignalName): void {
  setDisposition(name, SIG_DFL);
}

function setDisposition(name: SignalName, handler: bigint): void {
  const { symbols, errno } = libc();
  const action = new BigUint64Array(SIGACTION_SIZE / 8);
  action[0] = handler;
  check("sigaction", settle(() => symbols.sigaction(signalNumbers[name], action, null), errno));
}

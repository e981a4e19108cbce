import type { Http2Session } from "node:http2";
import type { Duplex } from "node:stream";
import type { Budget } from "./_budget.ts";

/** The property of a connection that holds its budget. */
const BUDGET = Symbol("budget");

/** Options of `sessionSocket`. */
export interface SessionSocketOptions {
  /** The name of the connection (`Connections`). */
  readonly name: string;
  readonly budget: Budget;
  /** Bytes of unread responses above which the connection is not read. */
  readonly maxUnsentBytes: number;
  /** Called when all responses have been read. */
  readonly onDrain: () => void;
}

/**
 * Prepares a connection for a session of node:http2. Sets `remoteAddress` to the name of the connection, which
 * grpc-js's `getPeer()` returns, and stops reading while the peer does not read: node:http2 ignores back-pressure of the
 * connection, so its output would grow without bound.
 */
export function sessionSocket(connection: Duplex, options: SessionSocketOptions): void {
  const { name, budget, maxUnsentBytes, onDrain } = options;
  connection.on("error", () => {});
  const read = connection._read.bind(connection);
  const push = connection.push.bind(connection);
  const isFull = () => connection.writableLength > maxUnsentBytes;
  budget.isBlocked = isFull;
  let wanted = false;
  connection.push = (chunk) => push(chunk) && !isFull();
  connection._read = (size) => {
    if (isFull()) wanted = true;
    else read(size);
  };
  connection.on("drain", () => {
    onDrain();
    if (!wanted) return;
    wanted = false;
    read(0);
  });
  Object.assign(connection, { remoteAddress: name, remotePort: undefined, [BUDGET]: budget });
}

/** Returns the budget of a session's connection. */
export function budgetOf(session: Http2Session): Budget {
  return (session.socket as unknown as { readonly [BUDGET]: Budget })[BUDGET];
}

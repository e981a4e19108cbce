import type { Http2Session } from "node:http2";
import type { Duplex } from "node:stream";
import type { Budget } from "./_budget.ts";

/** The budget of a connection, kept where a session's `socket` can be asked for it. */
const BUDGET = Symbol("budget");

/** The properties of a connection for `sessionSocket`. */
export interface SessionSocketOptions {
  /** The whole name of the peer. */
  readonly peer: string;
  readonly budget: Budget;
  /** Over so many bytes of responses that the peer does not read, nothing more is read from it. */
  readonly maxUnsentBytes: number;
  /** Called when the peer has read all. */
  readonly onDrain: () => void;
}

/**
 * Prepares a connection for a session of node:http2: its errors are the session's alone, and its `remoteAddress`
 * becomes the name of the peer, which grpc-js's `getPeer()` gives. It is not read while its peer does not read:
 * node:http2 writes without regard to that, and would fill the memory.
 */
export function sessionSocket(connection: Duplex, options: SessionSocketOptions): void {
  const { peer, budget, maxUnsentBytes, onDrain } = options;
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
  Object.assign(connection, { remoteAddress: peer, remotePort: undefined, [BUDGET]: budget });
}

/** The budget of a session's connection. */
export function budgetOf(session: Http2Session): Budget {
  return (session.socket as unknown as { readonly [BUDGET]: Budget })[BUDGET];
}

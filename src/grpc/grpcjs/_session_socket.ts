import type { Http2Session } from "node:http2";
import type { Duplex } from "node:stream";
import type { Budget } from "./_budget.ts";
import type { GrpcJsLimits } from "./_limits.ts";
import { ConnectionInput, type InputTurns } from "./_input_turns.ts";

/** The property of a connection that holds its budget. */
const BUDGET = Symbol("budget");

/** Options of `sessionSocket`. */
export interface SessionSocketOptions {
  /** The name of the connection (`Connections`). */
  readonly name: string;
  readonly budget: Budget;
  /** The turns in which connections are read. */
  readonly inputTurns: InputTurns;
  /** Unread responses of more than `maxConnectionUnreadBytes` keep the connection from being read. May change. */
  readonly limits: GrpcJsLimits;
  /** Called when all responses have been read. */
  readonly onDrain: () => void;
}

/**
 * Prepares a connection for a session of node:http2. Sets `remoteAddress` to the name of the connection, which
 * grpc-js's `getPeer()` returns; passes input on in turns with other connections; and stops reading while the peer does
 * not read: node:http2 ignores back-pressure of the connection, so its output would grow without bound.
 */
export function sessionSocket(connection: Duplex, options: SessionSocketOptions): void {
  const { name, budget, inputTurns, limits, onDrain } = options;
  connection.on("error", () => {});
  const read = connection._read.bind(connection);
  const push = connection.push.bind(connection);
  const isFull = () => connection.writableLength > limits.maxConnectionUnreadBytes;
  budget.isBlocked = isFull;
  let wanted = false;
  const readOn = () => {
    if (!wanted || isFull() || input.isWaiting || connection.destroyed) return;
    wanted = false;
    read(0);
  };
  const input = new ConnectionInput(inputTurns, push, isFull, readOn);
  connection.push = (chunk) => input.push(chunk) && !isFull();
  connection._read = () => {
    wanted = true;
    readOn();
  };
  connection.on("drain", () => {
    onDrain();
    input.wake();
    readOn();
  });
  connection.on("close", () => input.clear());
  Object.assign(connection, { remoteAddress: name, remotePort: undefined, [BUDGET]: budget });
}

/** Returns the budget of a session's connection. */
export function budgetOf(session: Http2Session): Budget {
  return (session.socket as unknown as { readonly [BUDGET]: Budget })[BUDGET];
}

/** The connection of a session of node:http2, read in turns and not beyond what its peer reads. @module */
import type { Http2Session } from "node:http2";
import type { Duplex } from "node:stream";
import type { Budget } from "./_budget.ts";
import type { CalledConnection } from "./_call_record.ts";
import type { GrpcJsLimits } from "./_limits.ts";
import { ConnectionInput, type InputTurns } from "./_input_turns.ts";

/** The property of a connection that holds its facts. */
const CONNECTION = Symbol("connection");

/** The facts about a session's connection. */
export interface SessionConnection {
  readonly called: CalledConnection;
  readonly budget: Budget;
}

/** Options of `sessionSocket`. */
export interface SessionSocketOptions extends SessionConnection {
  /** The turns in which connections are read. */
  readonly inputTurns: InputTurns;
  /** Unread responses of more than `maxConnectionUnreadBytes` keep the connection from being read. May change. */
  readonly limits: GrpcJsLimits;
  /** Called when all responses have been read. */
  readonly onDrain: () => void;
}

/**
 * Prepares a connection for a session of node:http2: passes input on in turns with other connections, and stops reading
 * while the peer does not read: node:http2 ignores back-pressure of the connection, so its output would grow without
 * bound.
 */
export function sessionSocket(connection: Duplex, options: SessionSocketOptions): void {
  const { called, budget, inputTurns, limits, onDrain } = options;
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
  const facts: SessionConnection = { called, budget };
  Object.assign(connection, { [CONNECTION]: facts });
}

/** Returns the facts about a session's connection. */
export function connectionOf(session: Http2Session): SessionConnection {
  return (session.socket as unknown as { readonly [CONNECTION]: SessionConnection })[CONNECTION];
}

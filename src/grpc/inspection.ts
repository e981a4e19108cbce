/** The state of a server at one time, for people who look for a fault (`signer debug`). @module */

/** 1,000 connections of a thread are described, the oldest, so that a report stays readable. */
export const MAX_REPORTED_CONNECTIONS = 1_000;

/** 1,000 open calls of a thread are described, those of its oldest connections. */
export const MAX_REPORTED_CALLS = 1_000;

/** A serving thread. */
export interface ThreadReport {
  /** Index of the worker; absent for the main thread. */
  readonly worker?: number;
  /** JavaScript memory of the thread, in bytes. */
  readonly memory: {
    readonly heapUsed: number;
    readonly heapTotal: number;
    readonly external: number;
  };
  /** The calls, batches and requests of streams that wait for their turn, and the expected time of that work. */
  readonly queue: { readonly length: number; readonly expectedMs: number };
  /** Handlers that have returned a promise which is not settled. Native stack. */
  readonly pendingHandlers?: number;
  /** Memory of open calls and their requests, in bytes. */
  readonly heldBytes: number;
  /** Memory of output that peers have not read, in bytes. */
  readonly unreadBytes: number;
  /** Numbers of all connections and calls, described or not. */
  readonly connectionCount: number;
  readonly callCount: number;
  readonly connections: readonly ConnectionReport[];
}

/** A worker that does not answer. */
export interface SilentThreadReport {
  readonly worker: number;
  readonly failure: string;
}

/** An open connection. */
export interface ConnectionReport {
  readonly peer: string;
  readonly ageSeconds: number;
  /** Phase of the HTTP/2 connection: open, announced, draining or closed. Native stack. */
  readonly phase?: string;
  /** Number of calls since the connection was opened. Native stack. */
  readonly callsOpened?: number;
  readonly heldBytes: number;
  readonly unreadBytes: number;
  readonly callCount: number;
  /** Native stack. */
  readonly calls?: readonly CallReport[];
}

/** An open call. */
export interface CallReport {
  readonly stream: number;
  readonly method: string;
  readonly ageMs: number;
  /** True until the request is complete, for a method with a single request. */
  readonly awaitsRequest: boolean;
  /** Bytes of the response that wait for the peer's flow-control windows. */
  readonly queuedBytes: number;
}

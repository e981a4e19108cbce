import type { EventEmitter } from "node:events";
import { setImmediate } from "node:timers";

/** The part of an HTTP/2 session that `guardSession` changes. */
export interface Session extends EventEmitter {
  destroy(...args: unknown[]): void;
  close(...args: unknown[]): void;
}

/**
 * Prevents two ways in which a node:http2 session of Deno 2.9.6 ends the process.
 *
 * Without an error listener, the EPIPE of a peer that left is an uncaught exception. And for GOAWAY, or a PING
 * acknowledgement that answers no PING, node:http2 destroys the session within a callback of nghttp2, which then uses
 * freed memory: SIGSEGV, or a failed assertion. Deferred to the next turn of the event loop, the session is destroyed
 * after nghttp2 has returned.
 */
export function guardSession(session: Session): void {
  session.on("error", () => {});
  const { destroy, close } = session;
  session.destroy = (...args) => void setImmediate(() => destroy.apply(session, args));
  session.close = (...args) => void setImmediate(() => close.apply(session, args));
}

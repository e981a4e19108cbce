import type { EventEmitter } from "node:events";
import { setImmediate } from "node:timers";

/** The part of an HTTP/2 session that `guardSession` changes. */
export interface Session extends EventEmitter {
  destroy(...args: unknown[]): void;
  close(...args: unknown[]): void;
}

/**
 * Keeps a session of node:http2 from ending the process. Its errors need a listener: without one, the EPIPE of a peer
 * that left is an uncaught exception. And it has to be closed outside of nghttp2's callbacks: in Deno 2.9.6,
 * node:http2 destroys a session within them when it receives GOAWAY, or a PING acknowledgement that answers no PING;
 * nghttp2 goes on with memory that was freed, and the process ends by SIGSEGV or a failed assertion. In the next
 * turn of the event loop nghttp2 has returned.
 */
export function guardSession(session: Session): void {
  session.on("error", () => {});
  const { destroy, close } = session;
  session.destroy = (...args) => void setImmediate(() => destroy.apply(session, args));
  session.close = (...args) => void setImmediate(() => close.apply(session, args));
}

/** The last call of this thread with one request and one response. @module */

/** The largest request that is kept, in bytes of its message: that of a signature, but no large message. */
const MAX_KEPT_REQUEST = 4_096;

const last: { call: unknown; request: unknown } = { call: undefined, request: undefined };

/**
 * Keeps a call that has ended, and so its connection, until the next one ends; and its request if that is small.
 *
 * V8 drops the compiled code of a class at a forced collection (`releaseSpareMemory()`) when no object of the class is
 * alive, as after a load whose connections are closed. The objects of one call keep the code of connections, streams,
 * calls and requests.
 *
 * @param bytes length of the request's message
 */
export function keepLastCall(call: unknown, request: unknown, bytes: number): void {
  last.call = call;
  if (bytes <= MAX_KEPT_REQUEST) last.request = request;
}

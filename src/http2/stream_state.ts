/**
 * The states of a stream (RFC 9113 section 5.1). Push is disabled on both sides, so the reserved states do not
 * occur; a stream in `idle` has no object.
 *
 *                        send or recv HEADERS
 *                 +--------+          +--------+
 *                 |  idle  |--------->|  OPEN  |
 *                 +--------+          +--------+
 *                        recv END_STREAM /  | \ send END_STREAM
 *                                       /   |  \
 *             +--------------------+   /    |   \   +-------------------+
 *             | HALF_CLOSED_REMOTE |<-'     |    '->| HALF_CLOSED_LOCAL |
 *             +--------------------+        |       +-------------------+
 *              send END_STREAM |            |            | recv END_STREAM
 *              or RST_STREAM   |  send or recv RST_STREAM| or RST_STREAM
 *                              |            v            |
 *                              |       +--------+        |
 *                              '------>| CLOSED |<-------'
 *                                      +--------+
 */
export const StreamState = {
  OPEN: 0,
  /** We have sent END_STREAM. */
  HALF_CLOSED_LOCAL: 1,
  /** The peer has sent END_STREAM. */
  HALF_CLOSED_REMOTE: 2,
  CLOSED: 3,
} as const;

/** A state: bit 0 is set when our side has ended, bit 1 when the peer's has. */
export type StreamState = typeof StreamState[keyof typeof StreamState];

/** The state after we have sent END_STREAM. */
export function endLocal(state: StreamState): StreamState {
  return (state | StreamState.HALF_CLOSED_LOCAL) as StreamState;
}

/** The state after the peer has sent END_STREAM. */
export function endRemote(state: StreamState): StreamState {
  return (state | StreamState.HALF_CLOSED_REMOTE) as StreamState;
}

/** True while we may send HEADERS and DATA. */
export function canSend(state: StreamState): boolean {
  return (state & StreamState.HALF_CLOSED_LOCAL) === 0;
}

/** True while the peer may send HEADERS and DATA. */
export function canReceive(state: StreamState): boolean {
  return (state & StreamState.HALF_CLOSED_REMOTE) === 0;
}

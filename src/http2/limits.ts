/** A rate: `burst` at once, refilled by `perSecond`. What is useful work also refills some of them. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Everything that a peer controls and that costs this side memory or time. Crossing one ends the
 * connection (or, where said, the stream) with an `Http2Error` that has the limit's name.
 */
export interface Limits {
  /** Bytes of payload in a frame that is accepted (SETTINGS_MAX_FRAME_SIZE, 16,384 or more). */
  readonly maxFrameSize: number;
  /** Bytes of payload in a frame that we send, however much the peer takes (16,384 or more). */
  readonly maxSendFrameSize: number;
  /** Streams that the peer may have open at once; more are refused with REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /** Bytes of a decoded header list, counted as RFC 7541 section 4.1 does; over it ends the stream. */
  readonly maxHeaderListSize: number;
  /** Bytes of an encoded header block: a HEADERS frame and its CONTINUATION frames together. */
  readonly maxHeaderBlockSize: number;
  /** CONTINUATION frames of one header block. */
  readonly maxContinuations: number;
  /** Bytes of the table that the peer's encoder may use (SETTINGS_HEADER_TABLE_SIZE). */
  readonly maxDecoderTableSize: number;
  /** Bytes of the table that our encoder uses, however much the peer allows. */
  readonly maxEncoderTableSize: number;
  /** Parameters in one SETTINGS frame. */
  readonly maxSettingsEntries: number;
  /** Interim (1xx) responses to one request. */
  readonly maxInterimResponses: number;
  /** Streams that the peer resets; each stream that ends well allows one more. */
  readonly resets: Rate;
  /** Streams that the peer's faults make this side reset. */
  readonly provokedResets: Rate;
  /** Streams refused because `maxConcurrentStreams` are open. */
  readonly refusals: Rate;
  /** PING frames; each DATA frame that we send allows one more. */
  readonly pings: Rate;
  /** SETTINGS frames. */
  readonly settings: Rate;
  /** PRIORITY frames; each stream opened allows two more. */
  readonly priorities: Rate;
  /** WINDOW_UPDATE frames; each message that we send allows four more. */
  readonly windowUpdates: Rate;
  /** DATA, HEADERS and CONTINUATION frames that carry nothing and end nothing. */
  readonly emptyFrames: Rate;
  /** Frames of a type that RFC 9113 does not define, and frames for streams that are gone. */
  readonly strayFrames: Rate;
  /**
   * Bytes that wait for the transport when a frame arrives. HEADERS and DATA wait in the queues of their
   * streams from `outputHighWater` on, so only answers to control frames come near to it.
   */
  readonly maxOutputSize: number;
  /** Bytes that wait for the transport from which on HEADERS and DATA wait in their stream's queue. */
  readonly outputHighWater: number;
  /** Bytes of DATA in all queues of a connection. More is not accepted by `sendData()`. */
  readonly maxQueuedBytes: number;
  /** Bytes in a stream's queue from which on `sendData()` says to wait for `onWritable`. */
  readonly streamHighWater: number;
  /** Bytes up to which windows that adapt may grow. */
  readonly maxReceiveWindow: number;
  /** Our PINGs that may be without an answer. */
  readonly maxPendingPings: number;
  /** Milliseconds from the first byte to the peer's complete preface and SETTINGS. */
  readonly handshakeTimeout: number;
  /** Milliseconds for a frame, or a header block, that has begun to be complete. */
  readonly frameTimeout: number;
  /** Milliseconds for our SETTINGS to be acknowledged. */
  readonly settingsTimeout: number;
  /**
   * Milliseconds within which bytes that wait for the peer have to make progress (`_stall_meter.ts`). A
   * stream that waits for its own window longer is reset; a connection whose window is closed, or whose
   * output is not read, is ended.
   */
  readonly stallTimeout: number;
}

/** The name of a limit: the reason that is counted when a connection is ended for crossing it. */
export type LimitName = keyof Limits;

/** The limits unless configured otherwise, each with its reason. */
export const DEFAULT_LIMITS: Limits = {
  // The RFC's own minimum and default. Larger frames would only delay others on the connection.
  maxFrameSize: 16_384,
  // gRPC's C core announces 4 MiB: one such frame would be all of the output, and delay small answers.
  maxSendFrameSize: 16_384,
  // Over the RFC's recommended least of 100; it bounds the work that one connection has in hand.
  maxConcurrentStreams: 256,
  // gRPC metadata is small; 16 KiB is grpc-core's hard limit.
  maxHeaderListSize: 16_384,
  // A list within `maxHeaderListSize` never needs more, however badly it is encoded.
  maxHeaderBlockSize: 32_768,
  // CVE-2024-27316 and its kin: CONTINUATION without end. Two hold the largest block; some encoders
  // cut smaller.
  maxContinuations: 16,
  // The RFC's default. A larger table buys nothing for gRPC and is memory of an idle connection.
  maxDecoderTableSize: 4_096,
  maxEncoderTableSize: 4_096,
  // CVE-2020-11080: SETTINGS frames full of parameters. The registry has fewer than 16.
  maxSettingsEntries: 32,
  // RFC 9110 allows any number; nothing sends more than a few.
  maxInterimResponses: 16,
  // CVE-2023-44487, rapid reset. Deadlines and cancellation are ordinary in gRPC, so what counts is
  // resets over work done.
  resets: { burst: 1_000, perSecond: 100 },
  // CVE-2025-8671, "MadeYouReset": no correct client provokes any but by a race.
  provokedResets: { burst: 100, perSecond: 10 },
  // A client may open many streams before it has read our SETTINGS, once; then it knows better.
  refusals: { burst: 1_000, perSecond: 10 },
  // CVE-2019-9512. Clients that estimate bandwidth ping once a round trip, with data.
  pings: { burst: 1_000, perSecond: 100 },
  // CVE-2019-9515. Two or three in the life of a connection are ordinary.
  settings: { burst: 100, perSecond: 5 },
  // CVE-2019-9513: resource loop by priorities. Ignored here, yet each costs a frame's parsing.
  priorities: { burst: 1_000, perSecond: 100 },
  // CVE-2019-9511 and CVE-2019-9517: windows opened a byte at a time.
  windowUpdates: { burst: 5_000, perSecond: 1_000 },
  // CVE-2019-9518: frames that carry nothing.
  emptyFrames: { burst: 100, perSecond: 10 },
  // Extensions are to be ignored (RFC 9113 section 5.5), at a price.
  strayFrames: { burst: 1_000, perSecond: 100 },
  // CVE-2019-9514 and CVE-2019-9516: answers pile up for a peer that sends and never reads.
  maxOutputSize: 1_048_576,
  // Enough to fill a socket's buffer with one call.
  outputHighWater: 131_072,
  // CVE-2019-9517: requests for large answers from behind a closed window.
  maxQueuedBytes: 67_108_864,
  // A handful of frames: the application stops early, the wire does not run dry.
  streamHighWater: 65_536,
  // 1 Gbit/s at a round trip of 32 ms.
  maxReceiveWindow: 4_194_304,
  maxPendingPings: 16,
  // A peer that connects and says nothing holds a descriptor for no longer than this.
  handshakeTimeout: 10_000,
  // The frame's own slow loris: a byte now and then.
  frameTimeout: 20_000,
  settingsTimeout: 30_000,
  // CVE-2019-9511, CVE-2019-9517: the window that never opens.
  stallTimeout: 60_000,
};

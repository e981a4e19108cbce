/** Limits of a connection, and their defaults. @module */

/** A rate: `burst` events at once, refilled by `perSecond`. Useful work also refills some rates. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Limits of the quantities that a peer controls and that cost this side memory or time. Exceeding one ends the
 * connection (or, where noted, the stream) with an `Http2Error` that has the limit's name.
 */
export interface Limits {
  /** Bytes of payload in a frame of the peer (SETTINGS_MAX_FRAME_SIZE, 16,384 or more). */
  readonly maxFrameSize: number;
  /** Bytes of payload in a frame that we send, even if the peer accepts more (16,384 or more). */
  readonly maxSendFrameSize: number;
  /** Streams that the peer may have open at once; more are refused with REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /** Bytes of a decoded header list (RFC 7541 section 4.1). A larger list ends its stream. */
  readonly maxHeaderListSize: number;
  /** Bytes of an encoded header block: a HEADERS frame and its CONTINUATION frames together. */
  readonly maxHeaderBlockSize: number;
  /** CONTINUATION frames of one header block. */
  readonly maxContinuations: number;
  /** Bytes of the table that the peer's encoder may use (SETTINGS_HEADER_TABLE_SIZE). */
  readonly maxDecoderTableSize: number;
  /** Bytes of the table that our encoder uses, even if the peer allows more. */
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
  /** Bytes up to which adaptive windows grow. */
  readonly maxReceiveWindow: number;
  /** Unanswered PINGs of ours. */
  readonly maxPendingPings: number;
  /** Milliseconds from the first byte to the peer's complete preface and SETTINGS. */
  readonly handshakeTimeout: number;
  /** Milliseconds from the beginning of a frame or a header block to its end. */
  readonly frameTimeout: number;
  /** Milliseconds until our SETTINGS are acknowledged. */
  readonly settingsTimeout: number;
  /**
   * Milliseconds within which unsent bytes have to make progress (`_progress_meter.ts`). A stream whose own
   * window stays closed for longer is reset; a connection whose window stays closed, or whose output is not
   * read, is ended.
   */
  readonly stallTimeout: number;
}

/** The name of a limit. */
export type LimitName = keyof Limits;

/** The default limits, each with its reason. */
export const DEFAULT_LIMITS: Limits = {
  // The RFC's minimum and default. Larger frames would delay other streams of the connection.
  maxFrameSize: 16_384,
  // gRPC's C core accepts 4 MiB. Such a frame would fill the output and delay small responses.
  maxSendFrameSize: 16_384,
  // The RFC recommends 100 or more. It bounds the work of one connection.
  maxConcurrentStreams: 256,
  // gRPC metadata is small; 16 KiB is grpc-core's hard limit.
  maxHeaderListSize: 16_384,
  // A list within `maxHeaderListSize` never needs more, even in the worst encoding.
  maxHeaderBlockSize: 32_768,
  // CVE-2024-27316 and similar: CONTINUATION without end. Two hold the largest block; some encoders use
  // smaller frames.
  maxContinuations: 16,
  // The RFC's default. A larger table does not help gRPC, and takes memory of idle connections.
  maxDecoderTableSize: 4_096,
  maxEncoderTableSize: 4_096,
  // CVE-2020-11080: SETTINGS frames full of parameters. The registry has fewer than 16.
  maxSettingsEntries: 32,
  // RFC 9110 allows any number; servers send a few.
  maxInterimResponses: 16,
  // CVE-2023-44487, rapid reset. Deadlines and cancellation are ordinary in gRPC, so each stream that ends
  // normally allows one more.
  resets: { burst: 1_000, perSecond: 100 },
  // CVE-2025-8671, "MadeYouReset". A correct client provokes resets only by a race.
  provokedResets: { burst: 100, perSecond: 10 },
  // A client may open many streams before it has read our SETTINGS, but only once.
  refusals: { burst: 1_000, perSecond: 10 },
  // CVE-2019-9512. Clients that estimate bandwidth ping once a round trip, with data.
  pings: { burst: 1_000, perSecond: 100 },
  // CVE-2019-9515. Two or three in the life of a connection are ordinary.
  settings: { burst: 100, perSecond: 5 },
  // CVE-2019-9513, resource loop by priorities. They are ignored here, but each frame is parsed.
  priorities: { burst: 1_000, perSecond: 100 },
  // CVE-2019-9511 and CVE-2019-9517: windows that open byte by byte.
  windowUpdates: { burst: 5_000, perSecond: 1_000 },
  // CVE-2019-9518: empty frames.
  emptyFrames: { burst: 100, perSecond: 10 },
  // Extensions have to be ignored (RFC 9113 section 5.5), and each frame costs its parsing.
  strayFrames: { burst: 1_000, perSecond: 100 },
  // CVE-2019-9514 and CVE-2019-9516: answers to control frames of a peer that never reads.
  maxOutputSize: 1_048_576,
  // Enough to fill a socket's buffer with one system call.
  outputHighWater: 131_072,
  // CVE-2019-9517: large responses behind a closed window.
  maxQueuedBytes: 67_108_864,
  // Four frames: enough to keep the connection busy until the application goes on.
  streamHighWater: 65_536,
  // 1 Gbit/s at a round trip of 32 ms.
  maxReceiveWindow: 4_194_304,
  maxPendingPings: 16,
  // A silent peer holds a descriptor.
  handshakeTimeout: 10_000,
  // Slow loris: a frame that arrives byte by byte.
  frameTimeout: 20_000,
  settingsTimeout: 30_000,
  // CVE-2019-9511, CVE-2019-9517: a window that stays closed.
  stallTimeout: 60_000,
};

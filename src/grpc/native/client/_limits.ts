import type { Limits } from "../../../http2/mod.ts";

/**
 * Where a client's HTTP/2 limits differ from the defaults, which are made for servers: what a
 * client sends is its own program's choice, so it must not end its own connection.
 */
export const clientLimits: Partial<Limits> = {
  // Requests queued for windows are this program's own.
  maxQueuedBytes: Infinity,
  // Headers of calls started in one go wait here too: a server may allow any number of streams.
  maxOutputSize: 64 * 1024 * 1024,
  // A server that lets a stream of requests wait is slow, not hostile: deadlines and keepalive are
  // there.
  stallTimeout: Infinity,
  // Every call that is cancelled, or out of time, can be answered all the same.
  strayFrames: { burst: 1_000_000, perSecond: 100_000 },
  // A server that is overloaded may refuse every stream.
  resets: { burst: 1_000_000, perSecond: 100_000 },
};

/**
 * Streams that a connection can have in its life: odd numbers up to 2^31-1 (RFC 9113 section
 * 5.1.1).
 */
export const MAX_STREAMS_OPENED = 2 ** 30 - 1;

/** Bytes of one response message unless said otherwise: gRPC's own default. */
export const DEFAULT_MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/**
 * Times that a call is made again without being asked, because no server has processed it (grpc's
 * gRFC A6, transparent retries: once; more would storm a server that refuses everything).
 */
export const MAX_TRANSPARENT_RETRIES = 1;

/**
 * Bytes of requests that a stream keeps until its answer begins, for the case that it has to be
 * made again. A stream that has sent more is not.
 */
export const MAX_REPLAY_BYTES = 64 * 1024;

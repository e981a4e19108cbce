/**
 * Keeps grpc-js 1.14.7 from dropping messages that a server sent before an error status.
 *
 * Its `Http2SubchannelCall` ends a call as soon as trailers with an error arrive, and discards the messages that the
 * application has not asked for yet: a stream of five messages and an error gives one message and the error. Here such
 * trailers wait until the messages before them are read. The class is private to grpc-js, whose version is pinned;
 * `keepMessagesBeforeStatus` checks that it is as expected.
 *
 * @module
 */
import type { IncomingHttpHeaders } from "node:http2";
import { Http2SubchannelCall } from "@grpc/grpc-js/build/src/subchannel-call.js";

/** The property that holds trailers until the messages before them have been read. */
const TRAILERS = Symbol("trailers");

/** The private members of grpc-js's `Http2SubchannelCall` that are used. */
interface SubchannelCall {
  [TRAILERS]?: IncomingHttpHeaders;
  readonly http2Stream: { readonly readableLength: number };
  readonly unpushedReadMessages: readonly unknown[];
  readonly isPushPending: boolean;
  readonly readsClosed: boolean;
  handleTrailers(trailers: IncomingHttpHeaders): void;
  maybeOutputStatus(): void;
  endCall(status: unknown): void;
  cancelWithStatus(status: number, details: string): void;
}

let installed = false;

/**
 * Patches grpc-js. A second call has no effect.
 *
 * @throws {TypeError} when grpc-js is not a version that this works with
 */
export function keepMessagesBeforeStatus(): void {
  if (installed) return;
  const prototype = Http2SubchannelCall.prototype as unknown as SubchannelCall;
  const { handleTrailers, maybeOutputStatus, endCall, cancelWithStatus } = prototype;
  if (!handleTrailers || !maybeOutputStatus || !endCall || !cancelWithStatus) {
    throw new TypeError(
      "@grpc/grpc-js has another Http2SubchannelCall: use the version in deno.lock",
    );
  }

  prototype.handleTrailers = function (trailers) {
    if (isRead(this)) handleTrailers.call(this, trailers);
    else this[TRAILERS] = trailers;
  };
  // Called after each message that is handed on, and at the end of the stream.
  prototype.maybeOutputStatus = function () {
    if (this[TRAILERS] && this.readsClosed && isRead(this)) release(this);
    else maybeOutputStatus.call(this);
  };
  // Called with a status when the stream ends in another way. Trailers that wait have a more precise one.
  prototype.endCall = function (status) {
    if (this[TRAILERS]) release(this);
    else endCall.call(this, status);
  };
  prototype.cancelWithStatus = function (status, details) {
    delete this[TRAILERS];
    cancelWithStatus.call(this, status, details);
  };
  installed = true;

  function release(call: SubchannelCall): void {
    const trailers = call[TRAILERS]!;
    delete call[TRAILERS];
    handleTrailers.call(call, trailers);
  }
}

/** Returns true if all received messages have been passed on. */
function isRead(call: SubchannelCall): boolean {
  return call.http2Stream.readableLength === 0 && call.unpushedReadMessages.length === 0 &&
    !call.isPushPending;
}

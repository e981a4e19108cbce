/**
 * The delay after which a refused call may be tried again, as google.rpc.RetryInfo in the trailer
 * `grpc-status-details-bin`: google/rpc/status.proto and error_details.proto.
 *
 * @module
 */
import { RpcError } from "./errors.ts";
import { Metadata } from "./metadata.ts";
import { StatusCode } from "./status.ts";

/** The trailer with the details of a status. */
export const statusDetailsHeader = "grpc-status-details-bin";

/** 1 s: the delay where the end of an overload is not known. Most have ended by then, or the client slows down. */
export const OVERLOAD_RETRY_MS = 1_000;

/**
 * Returns the refusal of a call that may be tried again after some milliseconds.
 *
 * @param limit the name of the limit that was reached
 */
export function overloaded(reason: string, retryMs: number, limit?: string): RpcError {
  const message = `${reason}: try again in ${retryMs} ms`;
  const status = [
    ...varintField(1, StatusCode.RESOURCE_EXHAUSTED),
    ...bytesField(2, text(message)),
    ...bytesField(3, [
      ...bytesField(1, text("type.googleapis.com/google.rpc.RetryInfo")),
      ...bytesField(2, bytesField(1, duration(retryMs))),
    ]),
  ];
  const metadata = new Metadata([[statusDetailsHeader, Uint8Array.from(status)]]);
  return new RpcError("RESOURCE_EXHAUSTED", message, { metadata, limit });
}

/** google.protobuf.Duration: seconds, and nanoseconds. */
function duration(ms: number): number[] {
  return [...varintField(1, Math.floor(ms / 1_000)), ...varintField(2, ms % 1_000 * 1_000_000)];
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function bytesField(field: number, bytes: Iterable<number>): number[] {
  const content = [...bytes];
  return [field << 3 | 2, ...varint(content.length), ...content];
}

function varintField(field: number, value: number): number[] {
  return [field << 3, ...varint(value)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 | 128, ...varint(Math.floor(value / 128))];
}

/** The records of open calls, by the numbers that their requests have. @module */
import type { IncomingHttpHeaders } from "node:http2";
import type { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import type { CallRecord } from "./_call_record.ts";

/** The request header with the number of a call, in place of one that the client may have sent. */
const CALL_HEADER = "grpc-call-number";

/**
 * Records of open calls. The handler of grpc-js gets neither the stream nor the connection of its call, but the request
 * headers; so each request gets a header with a number of its own.
 */
export class OpenCalls {
  readonly #records = new Map<string, CallRecord>();
  #opened = 0;

  /** Adds a call, and returns its number. */
  add(record: CallRecord, headers: IncomingHttpHeaders): string {
    const number = String(++this.#opened);
    headers[CALL_HEADER] = number;
    this.#records.set(number, record);
    return number;
  }

  /** Removes a call whose stream is closed. */
  remove(number: string): void {
    this.#records.delete(number);
  }

  /**
   * Returns the record of the call with this metadata, from which its number is removed.
   *
   * @throws {Error} for a call that is closed: grpc-js calls no handler for it
   */
  take(metadata: GrpcMetadata): CallRecord {
    const record = this.#records.get(String(metadata.get(CALL_HEADER)[0]));
    if (record === undefined) throw new Error("A handler was called after its call was closed");
    metadata.remove(CALL_HEADER);
    return record;
  }
}

/** The error of a failed call. @module */
import type { LayerError } from "../errors/mod.ts";
import { Metadata } from "./metadata.ts";
import { StatusCode, type StatusName } from "./status.ts";

/**
 * A status other than OK, thrown by handlers on servers and by calls on clients. The message is sent to
 * the client, so it never contains key material, a path of the server or a stack trace.
 */
export class RpcError extends Error implements LayerError<"grpc"> {
  override readonly name = "RpcError";
  readonly layer = "grpc";
  /** The status code as gRPC numbers it. */
  readonly code: StatusCode;
  /** Trailers of the call. */
  readonly metadata: Metadata;
  /** The name of the limit that the caller has reached, if the error is about one. */
  readonly limit: string | undefined;

  constructor(
    status: StatusName | StatusCode,
    message: string,
    options?: ErrorOptions & { metadata?: Metadata; limit?: string | undefined },
  ) {
    super(message, options);
    this.code = typeof status === "number" ? status : StatusCode[status];
    this.metadata = options?.metadata ?? new Metadata();
    this.limit = options?.limit;
  }
}

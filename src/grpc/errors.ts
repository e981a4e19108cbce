import type { LayerError } from "../errors/mod.ts";
import { Metadata } from "./metadata.ts";
import { StatusCode, type StatusName } from "./status.ts";

/**
 * The end of a call with a status other than OK: what handlers throw and what clients get. Its message
 * goes over the wire, so it never holds key material, a path of the server or a stack.
 */
export class RpcError extends Error implements LayerError<"grpc"> {
  override readonly name = "RpcError";
  readonly layer = "grpc";
  /** The status code as gRPC numbers it. */
  readonly code: StatusCode;
  /** Sent, or received, as trailers. */
  readonly metadata: Metadata;

  constructor(
    status: StatusName | StatusCode,
    message: string,
    options?: ErrorOptions & { metadata?: Metadata },
  ) {
    super(message, options);
    this.code = typeof status === "number" ? status : StatusCode[status];
    this.metadata = options?.metadata ?? new Metadata();
  }
}

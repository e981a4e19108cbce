import { Metadata as GrpcMetadata, type MetadataOptions } from "@grpc/grpc-js";
import { asBuffer, Metadata } from "../mod.ts";

/** Converts metadata to grpc-js's. */
export function toGrpcMetadata(
  from: Iterable<readonly [string, string | Uint8Array]>,
  options?: MetadataOptions,
): GrpcMetadata {
  const metadata = new GrpcMetadata(options);
  for (const [key, value] of from) {
    metadata.add(key, typeof value === "string" ? value : asBuffer(value));
  }
  return metadata;
}

/**
 * Converts received metadata from grpc-js's. Values that gRPC does not allow (grpc's PROTOCOL-HTTP2.md,
 * Custom-Metadata: text outside printable ASCII) are left out. HTTP/2 allows them, so they do not fail the call.
 */
export function fromGrpcMetadata(from: GrpcMetadata): Metadata {
  const metadata = new Metadata();
  for (const key of Object.keys(from.getMap())) {
    for (const value of from.get(key)) {
      try {
        metadata.add(key, value);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
  }
  return metadata;
}

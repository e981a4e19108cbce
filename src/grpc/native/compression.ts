import { gunzipSync, gzipSync } from "node:zlib";
import { RpcError } from "../mod.ts";

/** The encodings of messages that are spoken, as the value of `grpc-accept-encoding`. */
export const acceptedEncodings = "identity,gzip";

/** How messages are encoded on a stream. */
export type Encoding = "identity" | "gzip";

/** The encoding that a `grpc-encoding` names, which is identity where there is none. */
function encodingOf(value: string | undefined): Encoding | undefined {
  if (value === undefined || value === "identity") return "identity";
  return value === "gzip" ? value : undefined;
}

/** Whether a `grpc-accept-encoding` names gzip. */
export function acceptsGzip(value: string): boolean {
  return value.split(",").some((encoding) => encoding.trim() === "gzip");
}

/** A message, compressed. */
export function compress(message: Uint8Array): Uint8Array {
  return gzipSync(message);
}

/**
 * A message out of a compressed one. It is inflated up to the limit and no further, whatever a few bytes
 * of it claim to be.
 *
 * @param encoding the value of `grpc-encoding`
 * @param limit bytes that the message may have
 * @throws {RpcError} UNIMPLEMENTED for an encoding that is not spoken; INTERNAL for a message that has
 *   the flag without an encoding, and one that is damaged; RESOURCE_EXHAUSTED over the limit
 */
export function decompress(
  message: Uint8Array,
  encoding: string | undefined,
  limit: number,
): Uint8Array {
  switch (encodingOf(encoding)) {
    case "gzip":
      return inflate(message, limit);
    case "identity":
      throw new RpcError("INTERNAL", "Received compressed message without an encoding");
    default:
      throw new RpcError(
        "UNIMPLEMENTED",
        `Received message compressed with unsupported encoding "${encoding}"`,
      );
  }
}

function inflate(message: Uint8Array, limit: number): Uint8Array {
  try {
    // zlib counts a limit of 0 as a mistake of its caller.
    return gunzipSync(message, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new RpcError(
        "RESOURCE_EXHAUSTED",
        `Received message that decompresses to a size larger than ${limit}`,
      );
    }
    throw new RpcError("INTERNAL", "Failed to decompress message");
  }
}

/** Compression of messages: gzip, and the `grpc-encoding` headers. @module */
import { nodeZlib } from "../../node/mod.ts";
import { RpcError } from "../mod.ts";

/** The supported encodings of messages, as the value of `grpc-accept-encoding`. */
export const acceptedEncodings = "identity,gzip";

/** The encoding of the messages of a stream. */
export type Encoding = "identity" | "gzip";

/** Parses a `grpc-encoding`; without one, the encoding is identity. Undefined for an unsupported one. */
function encodingOf(value: string | undefined): Encoding | undefined {
  if (value === undefined || value === "identity") return "identity";
  return value === "gzip" ? value : undefined;
}

/** Returns true if a `grpc-accept-encoding` contains gzip. */
export function acceptsGzip(value: string): boolean {
  return value.split(",").some((encoding) => encoding.trim() === "gzip");
}

/**
 * Loads zlib for the messages of a call, if its `grpc-encoding` needs it. V8 runs microtasks meanwhile (`src/node`), in
 * which other code of the call goes on. So it is called before the first message, and not within a change of state.
 */
export function loadCompression(encoding: string | undefined): void {
  if (encoding === "gzip") nodeZlib();
}

/** Compresses a message with gzip. */
export function compress(message: Uint8Array): Uint8Array {
  return nodeZlib().gzipSync(message);
}

/**
 * Decompresses a message. Inflation stops at the limit, because a few compressed bytes may inflate to gigabytes.
 *
 * @param encoding the value of `grpc-encoding`
 * @param limit the largest size of the message, in bytes
 * @throws {RpcError} UNIMPLEMENTED for an unsupported encoding; INTERNAL for a compressed message on a stream
 *   without an encoding, and for damaged data; RESOURCE_EXHAUSTED over the limit
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
    // zlib refuses a limit of 0 as a wrong argument.
    return nodeZlib().gunzipSync(message, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new RpcError(
        "RESOURCE_EXHAUSTED",
        `Received message that decompresses to a size larger than ${limit}`,
        { limit: "maxRequestBytes" },
      );
    }
    throw new RpcError("INTERNAL", "Failed to decompress message");
  }
}

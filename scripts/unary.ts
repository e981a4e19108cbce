/** Unary calls, and their requests as the bytes that a load generator sends. @module */
import type { AnyMethod, RpcChannel } from "../src/grpc/mod.ts";

/** Bytes of a message's prefix (gRPC over HTTP/2, Length-Prefixed-Message). */
export const PREFIX_BYTES = 5;

/** The fields of a message. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns an encoded message behind its prefix, uncompressed. */
export function framed(message: Uint8Array): Uint8Array {
  const body = new Uint8Array(PREFIX_BYTES + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(message, PREFIX_BYTES);
  return body;
}

/**
 * Makes a call, and returns its response.
 *
 * @throws {RpcError} when the call fails
 */
export async function call(channel: RpcChannel, method: unknown, request: Fields): Promise<Fields> {
  const { responses } = channel.call<Fields, Fields>(method as AnyMethod, [request]);
  for await (const response of responses) return response;
  throw new Error("The call gave no response");
}

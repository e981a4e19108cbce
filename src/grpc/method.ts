/** Methods: path, kind and codecs. @module */
import type { Codec } from "../protobuf/mod.ts";

/**
 * A method, as grpc-js and proto-loader describe it. `I` and `O` are the types of a request and a response to
 * write, `DI` and `DO` of a request and a response that were read.
 */
export interface MethodDefinition<I, O, DI = I, DO = O> {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (request: I) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => DI;
  /** Decodes the request in a part of `bytes`, and keeps no view of them. Generated codecs have it. */
  readonly requestDeserializePart?: (bytes: Uint8Array, start: number, end: number) => DI;
  readonly responseSerialize: (response: O) => Buffer;
  /** Serializes to memory that the next call writes over. Generated codecs have it. */
  readonly responseSerializeShared?: (response: O) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => DO;
  /** Alternative name for the handler, such as `getServerInfo`. */
  readonly originalName?: string;
  readonly options?: MethodOptions;
  /** True for generated codecs, which the reference stack replaces by proto-loader's. */
  readonly generated?: true;
}

/** Options of a method in its `.proto` file. */
export interface MethodOptions {
  /** `IDEMPOTENCY_UNKNOWN`, `NO_SIDE_EFFECTS` or `IDEMPOTENT`. */
  readonly idempotency_level: string;
}

/** Properties of a method beside its path and messages. */
interface MethodTraits {
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly originalName: string;
  readonly options: MethodOptions;
}

/** Makes a method of the codecs of its messages. */
export function method<I, O, DI, DO>(
  path: string,
  request: Codec<I, DI>,
  response: Codec<O, DO>,
  traits: MethodTraits,
): MethodDefinition<I, O, DI, DO> {
  return {
    path,
    generated: true,
    ...traits,
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    requestDeserializePart: request.decodePart,
    responseSerialize: response.encode,
    responseSerializeShared: response.encodeShared,
    responseDeserialize: response.decode,
  };
}

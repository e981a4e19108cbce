import type { Codec } from "../protobuf/mod.ts";

/**
 * A method as grpc-js and proto-loader describe it, which may say more of it. `I` and `O` are the request
 * and the response that may be given, `DI` and `DO` what is got of them.
 */
export interface MethodDefinition<I, O, DI = I, DO = O> {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (request: I) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => DI;
  readonly responseSerialize: (response: O) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => DO;
  /** The name that handlers may go by, such as `getServerInfo`. */
  readonly originalName?: string;
  readonly options?: MethodOptions;
  /** Set when the codecs are generated: the reference stack puts proto-loader's in their place. */
  readonly generated?: true;
}

/** What a `.proto` file says of a method beside its messages. */
export interface MethodOptions {
  /** `IDEMPOTENCY_UNKNOWN`, `NO_SIDE_EFFECTS` or `IDEMPOTENT`. */
  readonly idempotency_level: string;
}

/** What a method is, beside its path and its messages. */
interface MethodTraits {
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly originalName: string;
  readonly options: MethodOptions;
}

/** A method out of the codecs of its messages. */
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
    responseSerialize: response.encode,
    responseDeserialize: response.decode,
  };
}

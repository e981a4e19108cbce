/** The standard reflection services, loaded at the first call. @module */
import { type AnyMethod, bidi, type BidiHandler, RpcError, type Service } from "../grpc/mod.ts";
import { StreamLimit } from "./stream_limit.ts";

/** Reflection streams that may be open at once on each thread, and those of one peer: a client needs one. */
const MAX_STREAMS = 1_024;
const MAX_STREAMS_PER_PEER = 64;

/** The one method of each version of the service. */
const paths = [
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/**
 * Creates the standard reflection services, v1 and v1alpha. Their implementation takes about 20 MB on each
 * thread and is loaded at the first call, as most threads never get one.
 */
export function reflectionServices(): Service[] {
  const limit = new StreamLimit(
    MAX_STREAMS,
    MAX_STREAMS_PER_PEER,
    "Too many reflection streams are open here: try again later",
  );
  let loaded: Promise<Service[]> | undefined;
  const load = () =>
    loaded ??= import("./reflection_service.ts").then(({ loadReflection }) => loadReflection());
  return paths.map((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return {
      definition: { [name]: { ...undecoded, path, originalName: name } as unknown as AnyMethod },
      handlers: {
        [name]: bidi(async function* (requests: AsyncIterable<Uint8Array>, context) {
          using _ = limit.open(context);
          const { method, handle } = find(await load(), path);
          const decoded = map(requests, (bytes) => decode(method, bytes as Buffer));
          yield* map(handle(decoded, context), method.responseSerialize);
        }),
      },
    };
  });
}

/** A method that leaves its messages encoded until the implementation is loaded. */
const undecoded = {
  requestStream: true,
  responseStream: true,
  requestSerialize: unchanged,
  requestDeserialize: unchanged,
  responseSerialize: unchanged,
  responseDeserialize: unchanged,
};

function unchanged<T>(bytes: T): T {
  return bytes;
}

/** @throws {RpcError} INTERNAL for bytes that are no request, which is the caller's fault and not logged */
function decode(method: AnyMethod, bytes: Buffer): unknown {
  try {
    return method.requestDeserialize(bytes);
  } catch (cause) {
    throw new RpcError("INTERNAL", "Error deserializing request", { cause });
  }
}

function find(services: readonly Service[], path: string) {
  for (const { definition, handlers } of services) {
    for (const [name, method] of Object.entries(definition)) {
      if (method.path !== path) continue;
      const { handle } = handlers[name] as BidiHandler<unknown, unknown>;
      return { method, handle };
    }
  }
  throw new TypeError(`@grpc/reflection has no method ${path}: use the version in deno.lock`);
}

async function* map<I, O>(all: AsyncIterable<I>, change: (one: I) => O): AsyncGenerator<O> {
  for await (const one of all) yield change(one);
}

/** The methods of a server by path. @module */
import {
  type AnyHandler,
  type AnyMethod,
  asBuffer,
  type CallContext,
  Metadata,
  type Service,
} from "../../mod.ts";
import type { Workload, Workloads } from "../../scheduling/mod.ts";
import { ResponseHeaders } from "./_responses.ts";

/** A method: its handler, its codecs and its workloads. */
export interface Method {
  readonly path: string;
  readonly handler: AnyHandler;
  readonly deserialize: AnyMethod["requestDeserialize"];
  /** Decodes the message in a part of `bytes`, which are used again afterwards. */
  readonly deserializePart: (bytes: Uint8Array, start: number, end: number) => unknown;
  /** Serializes a response, to memory that the next response may be written over. */
  readonly serialize: AnyMethod["responseSerialize"];
  readonly responseHeaders: ResponseHeaders;
  /** The workload of a call's request whose message had so many bytes. */
  readonly workloadOf: (request: unknown, bytes: number, context: CallContext) => Workload;
  /** The workload of decoding large or compressed requests. */
  readonly decoding: Workload;
}

/** Methods by path, `/package.Service/Method`. */
export type MethodTable = ReadonlyMap<string, Method>;

/**
 * Messages of more bytes are a workload of their own where the handler names none: decoding and writing them takes
 * longer than the rest of a call.
 */
const SMALL_MESSAGE = 4_096;

/** Indexes the methods of services by path. The later of two equal paths is used. */
export function methodsOf(services: readonly Service[], workloads: Workloads): MethodTable {
  const methods = new Map<string, Method>();
  for (const { definition, handlers, responseHeaders } of services) {
    const headers = new ResponseHeaders(responseHeaders ?? new Metadata());
    for (const [name, handler] of Object.entries(handlers)) {
      const method = definition[name];
      methods.set(method.path, {
        path: method.path,
        handler,
        deserialize: method.requestDeserialize,
        deserializePart: method.requestDeserializePart ?? copying(method),
        serialize: method.responseSerializeShared ?? method.responseSerialize,
        responseHeaders: headers,
        workloadOf: workloadNaming(method.path, handler, workloads),
        decoding: workloads.of(`${method.path}, decoding`, true),
      });
    }
  }
  return methods;
}

/** The decoder of a part for a codec that reads whole buffers and may keep views of them. */
function copying({ requestDeserialize }: AnyMethod): Method["deserializePart"] {
  return (bytes, start, end) => requestDeserialize(asBuffer(bytes.slice(start, end)));
}

function workloadNaming(path: string, handler: AnyHandler, workloads: Workloads) {
  const [small, large] = [workloads.of(path), workloads.of(`${path}, large`, true)];
  const nameOf = handler.kind === "unary" ? handler.workload : undefined;
  return (request: unknown, bytes: number, context: CallContext): Workload => {
    if (nameOf === undefined) return bytes > SMALL_MESSAGE ? large : small;
    try {
      return workloads.of(nameOf(request, context));
    } catch {
      // The handler will refuse the request.
      return small;
    }
  };
}

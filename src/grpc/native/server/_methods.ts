/** The methods of a server by path. @module */
import {
  type AnyHandler,
  type AnyMethod,
  asBuffer,
  type CallContext,
  Metadata,
  type MethodMeter,
  type ServerMeter,
  type Service,
} from "../../mod.ts";
import type { CostClass, CostClasses } from "../../scheduling/mod.ts";
import { ResponseHeaders } from "./_responses.ts";

/** A method: its handler, its codecs and its cost classes. */
export interface Method {
  readonly path: string;
  readonly handler: AnyHandler;
  readonly deserialize: AnyMethod["requestDeserialize"];
  /** Decodes the message in a part of `bytes`, which are used again afterwards. */
  readonly deserializePart: (bytes: Uint8Array, start: number, end: number) => unknown;
  /** Serializes a response, to memory that the next response may be written over. */
  readonly serialize: AnyMethod["responseSerialize"];
  readonly responseHeaders: ResponseHeaders;
  /** Returns the cost class of a request, whose message had `bytes` bytes. */
  readonly costClassOf: (request: unknown, bytes: number, context: CallContext) => CostClass;
  /** The cost class of decoding large or compressed requests. */
  readonly decoding: CostClass;
  readonly meter: MethodMeter | undefined;
}

/** Methods by path, `/package.Service/Method`. */
export type MethodTable = ReadonlyMap<string, Method>;

/**
 * The size above which messages are a separate cost class, unless the handler names one: decoding and writing them takes
 * longer than the rest of a call.
 */
const SMALL_MESSAGE = 4_096;

/** Indexes the methods of services by path. The later of two equal paths is used. */
export function methodsOf(
  services: readonly Service[],
  costClasses: CostClasses,
  meter?: ServerMeter,
): MethodTable {
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
        costClassOf: costClassNaming(method.path, handler, costClasses),
        decoding: costClasses.of(`${method.path}, decoding`, true),
        meter: meter?.method(method.path),
      });
    }
  }
  return methods;
}

/** The decoder of a part for a codec that reads whole buffers and may keep views of them. */
function copying({ requestDeserialize }: AnyMethod): Method["deserializePart"] {
  return (bytes, start, end) => requestDeserialize(asBuffer(bytes.slice(start, end)));
}

function costClassNaming(path: string, handler: AnyHandler, costClasses: CostClasses) {
  const [small, large] = [costClasses.of(path), costClasses.of(`${path}, large`, true)];
  const nameOf = handler.kind === "unary" ? handler.costClass : undefined;
  return (request: unknown, bytes: number, context: CallContext): CostClass => {
    if (nameOf === undefined) return bytes > SMALL_MESSAGE ? large : small;
    try {
      return costClasses.of(nameOf(request, context));
    } catch {
      // The handler will refuse the request.
      return small;
    }
  };
}

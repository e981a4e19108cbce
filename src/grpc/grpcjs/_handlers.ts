/** Handlers in the form of grpc-js. @module */
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata as GrpcMetadata,
  ServerReadableStream,
  UntypedHandleCall,
} from "@grpc/grpc-js";
import { type AnyHandler, type Metadata, RpcError, type StatusCode } from "../mod.ts";
import { GrpcJsContext, type SurfaceCall } from "./_context.ts";
import { toGrpcMetadata } from "./_metadata.ts";
import type { CallWork } from "./_call_work.ts";
import type { OpenCalls } from "./_open_calls.ts";

/** The parts of a server that the handlers of a method use. */
export interface HandlerHost {
  readonly work: CallWork;
  readonly calls: OpenCalls;
  /** Headers of every response. */
  readonly headers: Metadata | undefined;
}

/** Adapts a handler to the shape that grpc-js calls. */
export function toGrpcJsHandler(handler: AnyHandler, host: HandlerHost): UntypedHandleCall {
  const { work, calls, headers } = host;
  const contextOf = (call: SurfaceCall) =>
    new GrpcJsContext(call, work, headers, calls.take(call.metadata));
  switch (handler.kind) {
    case "unary":
      return ((call, callback) => {
        const context = contextOf(call);
        answer(() => work.handle(handler, call.request, context, context), context, callback);
      }) satisfies handleUnaryCall<unknown, unknown>;
    case "client-stream":
      return ((call, callback) => {
        const context = contextOf(call);
        answer(() => handler.handle(requestsOf(call), context), context, callback);
      }) satisfies handleClientStreamingCall<unknown, unknown>;
    case "server-stream":
      return ((call) => {
        const context = contextOf(call);
        write(() => handler.handle(call.request, context), context, call);
      }) satisfies handleServerStreamingCall<unknown, unknown>;
    case "bidi":
      return ((call) => {
        const context = contextOf(call);
        write(() => handler.handle(requestsOf(call), context), context, call);
      }) satisfies handleBidiStreamingCall<unknown, unknown>;
  }
}

/** The members that grpc-js's calls with streamed responses share. */
interface WritableCall {
  readonly cancelled: boolean;
  write(response: unknown): boolean;
  end(trailers?: GrpcMetadata): void;
  emit(event: "error", error: Error): boolean;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
}
type UnaryCallback = Parameters<handleUnaryCall<unknown, unknown>>[1];

/** Ends a call with the response or the error of `handle`. */
async function answer(
  handle: () => unknown,
  context: GrpcJsContext,
  callback: UnaryCallback,
): Promise<void> {
  try {
    const response = await handle();
    context.ended();
    context.sendHeaders();
    callback(null, response, context.takeTrailers());
  } catch (error) {
    context.ended(error);
    context.sendHeaders();
    callback(toServiceError(error));
  }
}

/** Writes the responses of `handle`, each when the stream has room for it, and ends the call. */
async function write(
  handle: () => AsyncIterable<unknown>,
  context: GrpcJsContext,
  call: WritableCall,
): Promise<void> {
  try {
    for await (const response of handle()) {
      if (call.cancelled) return context.ended(cancelled);
      context.sendHeaders();
      if (!call.write(response)) await roomIn(call);
    }
    context.ended();
    context.sendHeaders();
    call.end(context.takeTrailers());
  } catch (error) {
    context.ended(error);
    if (call.cancelled) return;
    context.sendHeaders();
    call.emit("error", toServiceError(error));
  }
}

const cancelled = new RpcError("CANCELLED", "The client has cancelled the call");

/** Resolves when the stream has room or is closed. */
function roomIn(call: WritableCall): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ["drain", "cancelled", "close"]) call.off(event, done);
      resolve();
    };
    for (const event of ["drain", "cancelled", "close"]) call.on(event, done);
  });
}

/**
 * Iterates over the requests of a stream. Reads on demand, so that flow control reaches the peer. Ends when the peer
 * leaves, where Node's own iterator throws ERR_STREAM_PREMATURE_CLOSE.
 */
async function* requestsOf(
  call: Pick<ServerReadableStream<unknown, unknown>, "cancelled" | "iterator">,
): AsyncGenerator<unknown> {
  try {
    yield* call.iterator({ destroyOnReturn: false });
  } catch (error) {
    if (call.cancelled) return;
    throw error;
  }
}

/**
 * Converts an error to the object by which grpc-js ends a call. Services throw `RpcError`; any other error becomes
 * INTERNAL without its message.
 */
function toServiceError(error: unknown) {
  const known = error instanceof RpcError
    ? error
    : new RpcError("INTERNAL", "Internal error", { cause: error });
  return Object.assign(new Error(known.message), {
    code: known.code satisfies StatusCode,
    details: known.message,
    metadata: toGrpcMetadata(known.metadata),
  });
}

import { EventEmitter } from "node:events";
import {
  type AnyHandler,
  type AnyMethod,
  bidi,
  type CallContext,
  methodKind,
  RpcError,
  serverStream,
  type Service,
  type ServiceDefinition,
  StatusCode,
  unary,
} from "../mod.ts";

/** What the gRPC authors' own services offer: `HealthImplementation`, `ReflectionService`. */
export interface GrpcJsServices {
  addToServer(server: never): void;
}

/** A handler in grpc-js's shape, for the three kinds of method that such services have. */
type GrpcJsHandler = (call: AdoptedCall, callback: UnaryCallback) => void;
type UnaryCallback = (
  error: { code?: number; details?: string } | null,
  response?: unknown,
) => void;

/** Messages that an adopted handler may have written and the peer not read. */
const maxQueued = 1024;

/**
 * Services written for grpc-js's `Server.addService`, as services that either stack serves.
 *
 * @throws {TypeError} for a client-streaming method: no such service has one, so none is adopted
 */
export function adopt(services: GrpcJsServices): Service[] {
  const adopted: Service[] = [];
  const server = {
    addService(definition: ServiceDefinition, implementation: Record<string, GrpcJsHandler>) {
      const handlers = Object.entries(definition).map(([name, method]) => {
        const original = method.originalName ?? name;
        return [name, adoptHandler(method, implementation[name] ?? implementation[original])];
      });
      adopted.push({ definition, handlers: Object.fromEntries(handlers) });
    },
  };
  services.addToServer(server as never);
  return adopted;
}

function adoptHandler(method: AnyMethod, handler: GrpcJsHandler): AnyHandler {
  const kind = methodKind(method);
  switch (kind) {
    case "unary":
      return unary((request, context) =>
        new Promise((resolve, reject) =>
          handler(new AdoptedCall(context, request), (error, response) => {
            if (error) reject(statusError(error));
            else resolve(response);
          })
        )
      );
    case "server-stream":
      return serverStream((request, context) => {
        const call = new AdoptedCall(context, request);
        handler(call, noCallback);
        return call.written();
      });
    case "bidi":
      return bidi((requests, context) => {
        const call = new AdoptedCall(context);
        handler(call, noCallback);
        pump(requests, call);
        return call.written();
      });
    case "client-stream":
      throw new TypeError(`Method ${method.path} streams its requests: it cannot be adopted`);
  }
}

function noCallback() {
  throw new TypeError("A streaming handler has no callback to answer by");
}

function statusError(error: { code?: number; details?: string }): RpcError {
  const code = (error.code ?? StatusCode.UNKNOWN) as StatusCode;
  return new RpcError(code, error.details ?? "");
}

/** Hands the requests to the call as they come, each when the answers to those before it were read. */
async function pump(requests: AsyncIterable<unknown>, call: AdoptedCall): Promise<void> {
  try {
    for await (const request of requests) {
      call.emit("data", request);
      await call.drained();
    }
    call.emit("end");
  } catch (error) {
    call.fail(error);
  }
}

/** As much of grpc-js's `ServerDuplexStream` as the adopted services use. */
class AdoptedCall extends EventEmitter {
  readonly request: unknown;
  cancelled = false;
  readonly #context: CallContext;
  #queue: unknown[] = [];
  #ended = false;
  #failure: unknown;
  #changed = Promise.withResolvers<void>();

  constructor(context: CallContext, request?: unknown) {
    super();
    this.#context = context;
    this.request = request;
  }

  getPeer(): string {
    return this.#context.peer;
  }

  write(message: unknown): boolean {
    this.#queue.push(message);
    if (this.#queue.length > maxQueued) {
      this.fail(new RpcError("RESOURCE_EXHAUSTED", "Too many responses wait to be read"));
    }
    this.#change();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#change();
  }

  fail(error: unknown): void {
    this.#failure ??= error;
    this.end();
  }

  /** Resolves when all that was written has been read. */
  async drained(): Promise<void> {
    while (this.#queue.length > 0 && !this.#ended) await this.#changed.promise;
  }

  /** What the handler writes, up to its end, the caller's or its failure. */
  async *written(): AsyncGenerator<unknown> {
    const cancel = () => {
      this.cancelled = true;
      this.emit("cancelled");
      this.end();
    };
    const { signal } = this.#context;
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
    try {
      while (true) {
        while (this.#queue.length > 0) {
          yield this.#queue.shift();
          this.#change();
        }
        if (this.#failure) throw this.#failure;
        if (this.#ended) return;
        await this.#changed.promise;
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      if (!this.#ended) cancel();
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

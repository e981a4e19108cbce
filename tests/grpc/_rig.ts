/** Servers and methods for tests of both stacks. @module */
import type { AnyMethod, RpcServer, Service } from "../../src/grpc/mod.ts";
import { libc } from "../../src/ffi/mod.ts";
import { formatAddress, parseAddress } from "../../src/net/mod.ts";

/** The methods of `test.Kinds`, one of each kind, with messages in JSON, so that no `.proto` file is needed. */
export const kinds = {
  Unary: method("Unary", false, false),
  Collect: method("Collect", true, false),
  Spread: method("Spread", false, true),
  Chat: method("Chat", true, true),
};

function method(name: string, requestStream: boolean, responseStream: boolean): AnyMethod {
  const serialize = (value: unknown) => Buffer.from(JSON.stringify(value));
  const deserialize = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  return {
    path: `/test.Kinds/${name}`,
    requestStream,
    responseStream,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
    originalName: name,
  } as unknown as AnyMethod;
}

/** Returns `test.Kinds` with handlers for some of its methods. */
export function kindsService(handlers: Service["handlers"]): Service {
  const definition = Object.fromEntries(
    Object.entries(kinds).filter(([name]) => name in handlers),
  );
  return { definition, handlers };
}

/** Collects all responses of a call. */
export async function all<T>(responses: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const response of responses) taken.push(response);
  return taken;
}

/**
 * Loads libc and other resources that stay open for the whole process, so that the sanitizer does not report the
 * first test that uses them.
 */
export function loadLibc(): void {
  libc.isSupported();
}

/** A server on a free port for the duration of a test. */
export class Served implements AsyncDisposable {
  private constructor(readonly server: RpcServer, readonly address: string) {}

  static async by(server: RpcServer, address = "127.0.0.1:0"): Promise<Served> {
    const bound = await server.listen(parseAddress(address));
    return new Served(server, formatAddress(bound).replace("tcp://", ""));
  }

  /** Waits until the connections are closed, so that the test leaves no socket open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.drain(0);
  }
}

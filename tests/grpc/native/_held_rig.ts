/** An engine with handlers that keep their requests. @module */
import v8 from "node:v8";
import vm from "node:vm";
import { bidi, serverStream, unary } from "../../../src/grpc/mod.ts";
import type { AnyMethod, Service } from "../../../src/grpc/mod.ts";
import { largeBuffers } from "../../../src/http2/mod.ts";
import { Engine, ReactorDrive } from "../../../src/grpc/native/server/mod.ts";
import { listen, type Listener, socketsSupported, tcpAddress } from "../../../src/net/mod.ts";
import { logger } from "../../../src/telemetry/mod.ts";

// Opened outside of tests: libraries stay loaded, and the sanitizer would report the first test for them.
socketsSupported();

const asIs = <T>(value: T) => value;

/** Returns a method of `test.Held`, whose messages are bytes. */
function method(name: string, requestStream: boolean, responseStream: boolean): AnyMethod {
  return {
    path: `/test.Held/${name}`,
    requestStream,
    responseStream,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
    originalName: name,
  } as unknown as AnyMethod;
}

/** A native engine on this thread whose handlers keep their requests until `release()`. */
export class HeldRig implements AsyncDisposable {
  readonly engine: Engine;
  readonly #drive: ReactorDrive;
  readonly #listener: Listener;
  #waiting: (() => void)[] = [];

  private constructor(listener: Listener) {
    const until = () => new Promise<void>((resolve) => this.#waiting.push(resolve));
    const service: Service = {
      definition: {
        Unary: method("Unary", false, false),
        Spread: method("Spread", false, true),
        Chat: method("Chat", true, true),
      },
      handlers: {
        Unary: unary(async (request: unknown) => {
          await until();
          return Buffer.from([(request as Uint8Array).length & 1]);
        }) as never,
        Spread: serverStream(async function* (request: unknown) {
          await until();
          yield Buffer.from([(request as Uint8Array).length & 1]);
        }) as never,
        Chat: bidi(async function* (requests: AsyncIterable<unknown>) {
          for await (const request of requests) {
            await until();
            yield Buffer.from([(request as Uint8Array).length & 1]);
          }
        }) as never,
      },
    };
    this.#listener = listener;
    const onDue = () => this.#drive.arm();
    this.engine = new Engine({ services: [service], log: logger("native"), onDue });
    this.#drive = new ReactorDrive(this.engine);
    this.engine.accept(listener, false);
    this.#drive.start();
  }

  static async start(): Promise<HeldRig> {
    return new HeldRig(await listen(tcpAddress("127.0.0.1:0")));
  }

  get port(): number {
    return (this.#listener.address as { port: number }).port;
  }

  /** The engine's count of held bytes. */
  get heldBytes(): number {
    return this.engine.accounts.thread.heldBytes;
  }

  /** Resumes the oldest waiting handlers, at most `count`. */
  release(count = Infinity): void {
    for (const resolve of this.#waiting.splice(0, count)) resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.engine.stopAccepting();
    this.#listener.close();
    await this.#drive.stop();
    this.engine[Symbol.dispose]();
  }
}

v8.setFlagsFromString("--expose-gc");
const collectGarbage = vm.runInNewContext("gc") as () => void;

/** Returns the bytes of memory in use, after a garbage collection. */
export async function usedBytes(): Promise<number> {
  // Twice: objects released by finalizers are garbage in the second collection.
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collectGarbage();
  }
  const { heapUsed, external } = Deno.memoryUsage();
  // Buffers that wait for the next message are held by none.
  return heapUsed + external - largeBuffers.bytes;
}

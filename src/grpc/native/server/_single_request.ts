import { RpcError } from "../../mod.ts";
import type { HeldBytes } from "./_held_bytes.ts";
import { RequestBytes, type RequestMessage } from "./_request_bytes.ts";

/** The request of a method that takes one message: kept as it arrived until the request ends. */
export class SingleRequest {
  readonly #bytes: RequestBytes;
  readonly #method: string;

  constructor(
    held: HeldBytes,
    encoding: string | undefined,
    maxRequestBytes: number,
    method: string,
  ) {
    this.#bytes = new RequestBytes(held, encoding, maxRequestBytes);
    this.#method = method;
  }

  /**
   * Takes bytes of the request.
   *
   * @throws {RpcError} as `RequestBytes.append()` and `messageLength()`; UNIMPLEMENTED for a second message
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes.append(bytes, start, end);
    const first = this.#bytes.messageLength();
    if (first === undefined || this.#bytes.length <= first) return;
    const second = this.#bytes.messageLength(first);
    if (second === undefined || this.#bytes.length < first + second) return;
    const text = `Received a second request message for the method ${this.#method}`;
    throw new RpcError("UNIMPLEMENTED", text);
  }

  /**
   * Returns the message of the request, which has ended.
   *
   * @throws {RpcError} UNIMPLEMENTED when there is none; INTERNAL when it is incomplete; errors of `decompress`
   */
  end(): RequestMessage {
    if (this.#bytes.length === 0) {
      const text = `Received no request message for the method ${this.#method}`;
      throw new RpcError("UNIMPLEMENTED", text);
    }
    const message = this.#bytes.take();
    if (message !== undefined && this.#bytes.length === 0) return message;
    throw new RpcError("INTERNAL", "Received request that ends within a message");
  }

  /** True while decoding the request takes hardly any time: it is small and not compressed. */
  get isLight(): boolean {
    return this.#bytes.isLight;
  }

  /** Drops the bytes. */
  release(): void {
    this.#bytes.clear();
  }
}

import { RpcError } from "../../contract/mod.ts";
import type { Thread } from "./_thread.ts";
import { decompress, Deframer } from "../mod.ts";

/**
 * Refuses a request when the thread holds too much for others already.
 *
 * @throws {RpcError} RESOURCE_EXHAUSTED
 */
export function checkHeld({ heldBytes, limits }: Pick<Thread, "heldBytes" | "limits">): void {
  if (heldBytes <= limits.maxHeldBytes) return;
  throw new RpcError("RESOURCE_EXHAUSTED", "Too many requests are held here: try again later");
}

/** Cuts a request into messages, and keeps count of the bytes that the thread holds for it. */
export class RequestReader {
  readonly #thread: Pick<Thread, "heldBytes" | "limits">;
  readonly #encoding: string | undefined;
  readonly #deframer: Deframer;
  /** Bytes set aside for the message under way, as they are counted. */
  #held = 0;

  constructor(thread: Pick<Thread, "heldBytes" | "limits">, encoding: string | undefined) {
    this.#thread = thread;
    this.#encoding = encoding;
    this.#deframer = new Deframer(thread.limits.maxRequestBytes);
  }

  /** Bytes held of a message that has not ended. */
  get pendingBytes(): number {
    return this.#deframer.held;
  }

  /**
   * Takes bytes, and hands out the messages that end in them, each in memory of its own.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED for a message over the limit, or when the thread holds too
   *   much; what `decompress` throws
   */
  push(
    bytes: Uint8Array,
    start: number,
    end: number,
    onMessage: (message: Uint8Array, framedBytes: number, compressed: boolean) => void,
  ): void {
    const { maxRequestBytes } = this.#thread.limits;
    this.#deframer.push(bytes, start, end, (message, compressed) => {
      const own = compressed
        ? decompress(message, this.#encoding, maxRequestBytes)
        : message.slice();
      onMessage(own, message.length, compressed);
    });
    this.#count(this.#deframer.room);
    checkHeld(this.#thread);
  }

  /**
   * The request has ended.
   *
   * @throws {RpcError} INTERNAL when a message of it has not
   */
  end(): void {
    if (!this.#deframer.pending) return;
    throw new RpcError("INTERNAL", "Received request that ends within a message");
  }

  /** Gives up what is held. */
  release(): void {
    this.#count(0);
  }

  #count(held: number): void {
    this.#thread.heldBytes += held - this.#held;
    this.#held = held;
  }
}

/** Limits of open streams by thread and peer. @module */
import { type CallContext, RpcError } from "../grpc/mod.ts";

/**
 * A limit of open calls of one kind on a thread; each takes memory until it ends. A peer may open as many calls
 * as there are free ones left, up to `maxPerPeer`, so that another peer finds some.
 */
export class StreamLimit {
  readonly #max: number;
  readonly #maxPerPeer: number;
  readonly #refuse: () => RpcError;
  readonly #byPeer = new Map<string, number>();
  #open = 0;

  /** @param refusal the error over the limit, or its message */
  constructor(max: number, maxPerPeer: number, refusal: string | (() => RpcError)) {
    this.#max = max;
    this.#maxPerPeer = maxPerPeer;
    this.#refuse = typeof refusal === "string"
      ? () => new RpcError("RESOURCE_EXHAUSTED", refusal)
      : refusal;
  }

  /**
   * Counts a call until the result is disposed of.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED over the limit
   */
  open({ peerIdentity }: Pick<CallContext, "peerIdentity">): Disposable {
    const ofPeer = (this.#byPeer.get(peerIdentity) ?? 0) + 1;
    if (ofPeer > Math.min(this.#maxPerPeer, this.#max - this.#open)) {
      throw this.#refuse();
    }
    this.#byPeer.set(peerIdentity, ofPeer);
    this.#open++;
    return { [Symbol.dispose]: () => this.#close(peerIdentity) };
  }

  #close(peerIdentity: string): void {
    this.#open--;
    const left = this.#byPeer.get(peerIdentity)! - 1;
    if (left > 0) this.#byPeer.set(peerIdentity, left);
    else this.#byPeer.delete(peerIdentity);
  }
}

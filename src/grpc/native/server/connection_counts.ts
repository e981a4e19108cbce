/** The number of connections of a server and of each peer. */
export interface ConnectionCounts {
  /** Connections in all. */
  readonly total: number;
  /** Connections of one peer (`identityOf()`). */
  ofPeer(identity: string): number;
  /** Counts a connection that opens; `identity` is undefined for a peer that is not known. */
  add(identity: string | undefined): void;
  /** Counts a connection that closes. */
  remove(identity: string | undefined): void;
}

/** The counts of a server on a single thread. */
export class OwnConnectionCounts implements ConnectionCounts {
  total = 0;
  readonly #peers = new Map<string, number>();

  ofPeer(identity: string): number {
    return this.#peers.get(identity) ?? 0;
  }

  add(identity: string | undefined): void {
    this.total++;
    if (identity !== undefined) this.#peers.set(identity, this.ofPeer(identity) + 1);
  }

  remove(identity: string | undefined): void {
    this.total--;
    if (identity === undefined) return;
    const left = this.ofPeer(identity) - 1;
    if (left > 0) this.#peers.set(identity, left);
    else this.#peers.delete(identity);
  }
}

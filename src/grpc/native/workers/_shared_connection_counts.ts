import type { ConnectionCounts } from "../server/mod.ts";
import type { SharedState } from "./_shared_state.ts";

/** The counts of all workers. This thread changes the counts of its own worker only. */
export class SharedConnectionCounts implements ConnectionCounts {
  readonly #shared: SharedState;
  readonly #worker: number;

  constructor(shared: SharedState, worker: number) {
    this.#shared = shared;
    this.#worker = worker;
  }

  get total(): number {
    let total = 0;
    for (let worker = 0; worker < this.#shared.workers; worker++) {
      total += this.#shared.connections(worker);
    }
    return total;
  }

  ofPeer(identity: string): number {
    return this.#shared.connectionsOfPeer(identity);
  }

  /** Counts the peer only: a connection is counted when a thread assigns it to the worker. */
  add(identity: string | undefined): void {
    if (identity !== undefined) this.#shared.addConnectionOfPeer(this.#worker, identity, 1);
  }

  remove(identity: string | undefined): void {
    this.#shared.addConnections(this.#worker, -1);
    if (identity !== undefined) this.#shared.addConnectionOfPeer(this.#worker, identity, -1);
  }
}

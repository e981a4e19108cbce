import type { Address } from "../../../net/mod.ts";
import type { BalancingPolicy } from "../../mod.ts";
import type { ChannelCore, TransportSource } from "./_channel_core.ts";
import { Slot, type SlotOptions, type SlotOwner } from "./_slot.ts";
import type { ClientTransport } from "./_transport.ts";

export interface BalancerOptions extends SlotOptions {
  readonly addresses: readonly Address[];
  /** Connections to each address. */
  readonly connections: number;
  readonly policy: BalancingPolicy;
}

/** The connections of a channel: which are made, and which one the next call takes. */
export class Balancer implements SlotOwner, TransportSource {
  readonly #core: ChannelCore;
  /**
   * The slots of each address. `round_robin` has them all in one group, and so uses all of them.
   */
  readonly #groups: readonly (readonly Slot[])[];
  /** The group in use: `pick_first` goes on to the next when no slot of one connects. */
  #current = 0;
  #ready: ClientTransport[] = [];
  #turn = 0;
  #closed = false;

  constructor(core: ChannelCore, options: BalancerOptions) {
    this.#core = core;
    const groups = options.addresses.map((address) =>
      Array.from({ length: options.connections }, () => new Slot(address, core, this, options))
    );
    this.#groups = options.policy === "pick_first" ? groups : [groups.flat()];
  }

  get connected(): number {
    return this.#ready.length;
  }

  get failure(): Error | undefined {
    let failure: Error | undefined;
    for (const group of this.#groups) {
      for (const slot of group) {
        if (slot.failure === undefined) return undefined;
        failure = slot.failure;
      }
    }
    return failure;
  }

  /** The next in turn that has room. */
  pick(): ClientTransport | undefined {
    const ready = this.#ready;
    for (let tried = 0; tried < ready.length; tried++) {
      this.#turn = this.#turn + 1 < ready.length ? this.#turn + 1 : 0;
      const transport = ready[this.#turn];
      if (transport.available > 0) return transport;
    }
    return undefined;
  }

  /** Makes the connections that are missing, as far as the policy wants them. */
  connect(): void {
    if (this.#closed) return;
    for (const slot of this.#groups[this.#current]) slot.connect();
  }

  onTransport(): void {
    const had = this.connected > 0;
    this.#ready = this.#groups.flatMap((group) => group.flatMap((slot) => slot.transport ?? []));
    // A list is gone through from its beginning again once its connection is lost.
    if (had && this.connected === 0) this.#current = 0;
  }

  onFailed(slot: Slot): void {
    const group = this.#groups[this.#current];
    if (group.includes(slot) && group.every(({ failure }) => failure !== undefined)) {
      this.#current = (this.#current + 1) % this.#groups.length;
      if (this.failure === undefined) this.connect();
    }
    if (this.failure !== undefined) this.#core.onFailing();
  }

  /**
   * A slot may connect. It does when calls wait, or others of its group are there: a connection
   * that was lost is made again, unless it was the last, which the next call makes.
   */
  onIdle(slot: Slot): void {
    if (this.#closed) return;
    const at = this.#groups.findIndex((group) => group.includes(slot));
    if (
      this.connected === 0 &&
      this.#groups[this.#current].every(({ failure }) => failure !== undefined)
    ) {
      this.#current = at;
    }
    if (at === this.#current && (this.#core.wanted || this.connected > 0)) slot.connect();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#ready = [];
    for (const slot of this.#groups.flat()) slot.close();
  }
}

/** The subchannels of a channel, and load balancing over them. @module */
import {
  type Address,
  dial,
  formatAddress,
  hostAndPort,
  NetError,
  startTls,
  type Stream,
} from "../../../net/mod.ts";
import type { ChannelCore, TransportSource } from "./_channel_core.ts";
import { Backoff, Timer } from "./_timers.ts";
import { ClientTransport, type TransportOwner } from "./_transport.ts";

/** Decides which subchannels connect, and which transport the next call takes. */
export class Balancer implements TransportSource {
  readonly #core: ChannelCore;
  /** The subchannels: a group for each address with `pick_first`, one group with `round_robin`. */
  readonly #groups: readonly (readonly Subchannel[])[];
  /** Index of the group in use. `pick_first` moves on once every subchannel of a group has failed. */
  #current = 0;
  #ready: ClientTransport[] = [];
  /** Index of the transport that was picked last. */
  #last = 0;
  #closed = false;

  constructor(core: ChannelCore) {
    this.#core = core;
    const { addresses, connections, policy } = core.settings;
    const groups = addresses.map((address) =>
      Array.from({ length: connections }, () => new Subchannel(address, core, this))
    );
    this.#groups = policy === "pick_first" ? groups : [groups.flat()];
  }

  get connected(): number {
    return this.#ready.length;
  }

  get failure(): Error | undefined {
    let failure: Error | undefined;
    for (const group of this.#groups) {
      for (const subchannel of group) {
        if (subchannel.failure === undefined) return undefined;
        failure = subchannel.failure;
      }
    }
    return failure;
  }

  pick(connection: number): ClientTransport | undefined {
    const ready = this.#ready;
    if (connection >= 0 && ready.length > 0) {
      const transport = ready[connection % ready.length];
      if (transport.available > 0) return transport;
    }
    for (let tried = 0; tried < ready.length; tried++) {
      this.#last = this.#last + 1 < ready.length ? this.#last + 1 : 0;
      const transport = ready[this.#last];
      if (transport.available > 0) return transport;
    }
    return undefined;
  }

  /** Connects the idle subchannels of the group in use. */
  connect(): void {
    if (this.#closed) return;
    for (const subchannel of this.#groups[this.#current]) subchannel.connect();
  }

  /** Called by a subchannel that has become ready, or is no longer ready. */
  onReadyChanged(): void {
    const had = this.connected > 0;
    this.#ready = this.#groups.flatMap((group) =>
      group.flatMap((subchannel) => subchannel.transport ?? [])
    );
    // `pick_first` starts again with the first address once its connection is lost.
    if (had && this.connected === 0) this.#current = 0;
  }

  /** Called by a subchannel that has failed to connect. */
  onFailed(subchannel: Subchannel): void {
    const group = this.#groups[this.#current];
    if (group.includes(subchannel) && group.every(({ failure }) => failure !== undefined)) {
      this.#current = (this.#current + 1) % this.#groups.length;
      if (this.failure === undefined) this.connect();
    }
    if (this.failure !== undefined) this.#core.refusePending();
  }

  /**
   * Called by a subchannel that has become idle. It reconnects if calls wait or other connections are ready. After the
   * loss of the last connection, the next call reconnects.
   */
  onIdle(subchannel: Subchannel): void {
    if (this.#closed) return;
    const at = this.#groups.findIndex((group) => group.includes(subchannel));
    if (
      this.connected === 0 &&
      this.#groups[this.#current].every(({ failure }) => failure !== undefined)
    ) {
      this.#current = at;
    }
    if (at === this.#current && (this.#core.hasPending || this.connected > 0)) subchannel.connect();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#ready = [];
    for (const subchannel of this.#groups.flat()) subchannel.close();
  }
}

type SubchannelState =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly abort: AbortController; transport?: ClientTransport }
  | { readonly kind: "ready"; readonly transport: ClientTransport }
  /** `failure` is undefined after connections that were soon lost. */
  | { readonly kind: "backoff"; readonly timer: Timer; readonly failure: Error | undefined }
  | { readonly kind: "closed" };

const IDLE: SubchannelState = { kind: "idle" };

/**
 * A connection to one address, which is made again after it was lost.
 *
 *     idle ── connect() ──▶ connecting ── SETTINGS ──▶ ready ── end, GOAWAY ──▶ idle
 *      ▲                        │ failure                │ short-lived, twice in a row
 *      └────── timer ──────── backoff ◀──────────────────┘
 */
class Subchannel implements TransportOwner {
  readonly address: Address;
  readonly #core: ChannelCore;
  readonly #balancer: Balancer;
  readonly #backoff: Backoff;
  #state: SubchannelState = IDLE;
  /** Time of the last `connect()`, in milliseconds of `performance.now()`. */
  #startedAt = 0;
  /** Connections in a row that were lost sooner than the first backoff, and without a response. */
  #shortLived = 0;

  constructor(address: Address, core: ChannelCore, balancer: Balancer) {
    this.address = address;
    this.#core = core;
    this.#balancer = balancer;
    this.#backoff = new Backoff(core.settings.reconnect);
  }

  /** The transport for new calls, while the subchannel is ready. */
  get transport(): ClientTransport | undefined {
    return this.#state.kind === "ready" ? this.#state.transport : undefined;
  }

  /** The error of the last attempt to connect, during the backoff after it. */
  get failure(): Error | undefined {
    return this.#state.kind === "backoff" ? this.#state.failure : undefined;
  }

  /** Starts to connect, unless the subchannel is not idle. */
  connect(): void {
    if (this.#state.kind !== "idle") return;
    const abort = new AbortController();
    const state: SubchannelState = { kind: "connecting", abort };
    this.#state = state;
    this.#startedAt = performance.now();
    this.#dial(abort.signal).then(
      (stream) => this.#state === state ? this.#open(state, stream) : stream.close(),
      (error) => this.#state === state && this.#failed(error),
    );
  }

  /** Stops connecting, until the end of the channel, which closes its transports. */
  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "connecting") state.abort.abort();
    if (state.kind === "backoff") this.#core.timers.clear(state.timer);
  }

  onReady(transport: ClientTransport): void {
    if (this.#state.kind !== "connecting") return transport.close();
    this.#state = { kind: "ready", transport };
    this.#balancer.onReadyChanged();
    this.#core.startPending();
  }

  onDraining(transport: ClientTransport): void {
    if (this.transport === transport) this.#lost(transport);
  }

  onClosed(transport: ClientTransport): void {
    this.#core.remove(transport);
    const state = this.#state;
    if (state.kind === "connecting" && state.transport === transport) {
      this.#failed(transport.failure ?? noHttp2(this.address));
    } else if (this.transport === transport) {
      this.#lost(transport);
    }
  }

  onRoom(): void {
    this.#core.startPending();
  }

  onOutput(transport: ClientTransport): void {
    this.#core.flushLater(transport);
  }

  async #dial(signal: AbortSignal): Promise<Stream> {
    const { registrar, tls } = this.#core.settings;
    const socket = await dial(this.address, { signal, reactor: registrar });
    if (tls === undefined) return socket;
    return await startTls(tls.context, socket, tls.serverName, registrar, signal);
  }

  #open(state: SubchannelState & { kind: "connecting" }, stream: Stream): void {
    const { peer } = stream;
    const name = peer.transport === "tcp"
      ? hostAndPort(peer.host, peer.port)
      : formatAddress(this.address);
    try {
      state.transport = new ClientTransport(stream, name, this.#core.settings, this);
    } catch (error) {
      // Registration fails when the kernel is out of memory for epoll.
      stream.close();
      return this.#failed(error as Error);
    }
    this.#core.add(state.transport);
  }

  #failed(error: Error): void {
    this.#backOff(error);
    this.#balancer.onFailed(this);
  }

  /**
   * Leaves a transport that accepts no more calls, with a backoff after two short-lived ones in a row. A connection that
   * was of use has none, however short its life: proxies end each after so many requests (nginx: `keepalive_requests`).
   */
  #lost({ answered }: ClientTransport): void {
    const held = answered || performance.now() - this.#startedAt >= this.#backoff.initial;
    if (held) this.#backoff.reset();
    this.#shortLived = held ? 0 : this.#shortLived + 1;
    if (this.#shortLived > 1) this.#backOff(undefined);
    else this.#state = IDLE;
    this.#balancer.onReadyChanged();
    if (this.#state.kind === "idle") this.#balancer.onIdle(this);
  }

  #backOff(failure: Error | undefined): void {
    const timer = new Timer(() => {
      this.#state = IDLE;
      this.#balancer.onIdle(this);
    });
    this.#state = { kind: "backoff", timer, failure };
    this.#core.timers.set(timer, this.#startedAt + this.#backoff.next());
  }
}

function noHttp2(address: Address): NetError {
  const message = `Cannot speak HTTP/2 with ${formatAddress(address)}: it ended the connection`;
  return new NetError("CLOSED", message);
}

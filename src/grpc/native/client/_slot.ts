import {
  type Address,
  dial,
  formatAddress,
  hostAndPort,
  NetError,
  startTls,
  type Stream,
} from "../../../net/mod.ts";
import type { KeepaliveOptions, ReconnectOptions } from "../../mod.ts";
import { Backoff } from "./_backoff.ts";
import type { ChannelCore } from "./_channel_core.ts";
import { Keepalive } from "./_keepalive.ts";
import { Timer } from "./_timers.ts";
import { ClientTransport, type TransportOwner } from "./_transport.ts";

/** What a slot tells its balancer. */
export interface SlotOwner {
  /** It has a transport for calls, or has lost the one that it had. */
  onTransport(): void;
  /** An attempt to connect has failed. */
  onFailed(slot: Slot): void;
  /** It may connect again. */
  onIdle(slot: Slot): void;
}

export interface SlotOptions {
  readonly reconnect: ReconnectOptions | undefined;
  readonly keepalive: KeepaliveOptions | undefined;
}

type SlotState =
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly abort: AbortController; transport?: ClientTransport }
  | { readonly kind: "ready"; readonly transport: ClientTransport }
  /** `failure` is undefined where it connected, and the connection did not hold. */
  | { readonly kind: "waiting"; readonly timer: Timer; readonly failure: Error | undefined }
  | { readonly kind: "closed" };

const IDLE: SlotState = { kind: "idle" };

/**
 * A place for one connection to one address.
 *
 *     idle ── connect() ──▶ connecting ── SETTINGS ──▶ ready ── end, GOAWAY ──▶ idle
 *      ▲                        │ failure                │ ended at once, again
 *      └────── backoff ─────── waiting ◀─────────────────┘
 */
export class Slot implements TransportOwner {
  readonly address: Address;
  readonly #core: ChannelCore;
  readonly #owner: SlotOwner;
  readonly #options: SlotOptions;
  readonly #backoff: Backoff;
  /**
   * Also of transports that take no new calls: those that they have must not wait for a dead peer.
   */
  readonly #keepalives = new Map<ClientTransport, Keepalive>();
  #state: SlotState = IDLE;
  #startedAt = 0;
  /** Connections in a row that ended sooner than the first backoff. */
  #shortLived = 0;

  constructor(address: Address, core: ChannelCore, owner: SlotOwner, options: SlotOptions) {
    this.address = address;
    this.#core = core;
    this.#owner = owner;
    this.#options = options;
    this.#backoff = new Backoff(options.reconnect);
  }

  get idle(): boolean {
    return this.#state.kind === "idle";
  }

  /** The transport for new calls, if there is one. */
  get transport(): ClientTransport | undefined {
    return this.#state.kind === "ready" ? this.#state.transport : undefined;
  }

  /** Why the last attempt failed, while none is made. */
  get failure(): Error | undefined {
    return this.#state.kind === "waiting" ? this.#state.failure : undefined;
  }

  /** Begins to connect, if that is not under way or has to wait. */
  connect(): void {
    if (this.#state.kind !== "idle") return;
    const abort = new AbortController();
    const state: SlotState = { kind: "connecting", abort };
    this.#state = state;
    this.#startedAt = performance.now();
    this.#dial(abort.signal).then(
      (socket) => this.#state === state ? this.#open(state, socket) : socket.close(),
      (error) => this.#state === state && this.#failed(error),
    );
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "connecting") state.abort.abort();
    if (state.kind === "waiting") this.#core.timers.clear(state.timer);
  }

  onReady(transport: ClientTransport): void {
    if (this.#state.kind !== "connecting") return transport.close();
    const { keepalive } = this.#options;
    if (keepalive !== undefined) {
      this.#keepalives.set(transport, new Keepalive(transport, this.#core.timers, keepalive));
    }
    this.#state = { kind: "ready", transport };
    this.#owner.onTransport();
    this.#core.onRoom();
  }

  onDraining(transport: ClientTransport): void {
    if (this.transport === transport) this.#lost();
  }

  onClosed(transport: ClientTransport): void {
    this.#core.gone(transport);
    this.#keepalives.get(transport)?.stop();
    this.#keepalives.delete(transport);
    const state = this.#state;
    if (state.kind === "connecting" && state.transport === transport) {
      this.#failed(transport.failure ?? noHttp2(this.address));
    } else if (this.transport === transport) {
      this.#lost();
    }
  }

  onRoom(): void {
    this.#core.onRoom();
  }

  onOutput(transport: ClientTransport): void {
    this.#core.onOutput(transport);
  }

  async #dial(signal: AbortSignal): Promise<Stream> {
    const { registrar, tls } = this.#core.options;
    const socket = await dial(this.address, { signal, reactor: registrar });
    if (tls === undefined) return socket;
    return await startTls(tls.context, socket, tls.serverName, registrar, signal);
  }

  #open(state: SlotState & { kind: "connecting" }, socket: Stream): void {
    const { registrar, http2 } = this.#core.options;
    const { peer } = socket;
    const name = peer.transport === "tcp"
      ? hostAndPort(peer.host, peer.port)
      : formatAddress(this.address);
    try {
      state.transport = new ClientTransport(socket, name, registrar, http2, this);
    } catch (error) {
      // The kernel watches no more descriptors, say.
      socket.close();
      return this.#failed(error as Error);
    }
    this.#core.opened(state.transport);
  }

  #failed(error: Error): void {
    this.#wait(error);
    this.#owner.onFailed(this);
  }

  /**
   * The transport takes no more calls. One that has not held, again, is waited for as after a
   * failure.
   */
  #lost(): void {
    const held = performance.now() - this.#startedAt >= this.#backoff.initial;
    if (held) this.#backoff.reset();
    this.#shortLived = held ? 0 : this.#shortLived + 1;
    if (this.#shortLived > 1) this.#wait(undefined);
    else this.#state = IDLE;
    this.#owner.onTransport();
    if (this.idle) this.#owner.onIdle(this);
  }

  #wait(failure: Error | undefined): void {
    const timer = new Timer(() => {
      this.#state = IDLE;
      this.#owner.onIdle(this);
    });
    this.#state = { kind: "waiting", timer, failure };
    this.#core.timers.set(timer, this.#startedAt + this.#backoff.next());
  }
}

function noHttp2(address: Address): NetError {
  const message = `Cannot speak HTTP/2 with ${formatAddress(address)}: it ended the connection`;
  return new NetError("CLOSED", message);
}

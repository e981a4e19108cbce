import { NetError } from "../../../net/mod.ts";
import type { KeepaliveOptions } from "../../mod.ts";
import { Timer, type TimerQueue } from "./_timers.ts";
import type { ClientTransport } from "./_transport.ts";

/**
 * Pings a connection from which nothing is heard, and ends it when there is no answer (gRFC A8).
 */
export class Keepalive {
  readonly #transport: ClientTransport;
  readonly #timers: TimerQueue;
  readonly #options: KeepaliveOptions;
  readonly #next = new Timer((now) => this.#look(now));
  readonly #limit = new Timer(() => this.#expire());
  #heard = 0;

  constructor(transport: ClientTransport, timers: TimerQueue, options: KeepaliveOptions) {
    this.#transport = transport;
    this.#timers = timers;
    this.#options = options;
    this.#wait(performance.now());
  }

  stop(): void {
    this.#timers.clear(this.#next);
    this.#timers.clear(this.#limit);
  }

  #wait(now: number): void {
    this.#heard = this.#transport.bytesReceived;
    this.#timers.set(this.#next, now + this.#options.interval);
  }

  #look(now: number): void {
    const { timeout, whenIdle = false } = this.#options;
    const silent = this.#transport.bytesReceived === this.#heard;
    const needed = silent && (whenIdle || this.#transport.streamCount > 0);
    if (needed && this.#transport.ping(() => this.#timers.clear(this.#limit))) {
      this.#timers.set(this.#limit, now + timeout);
    }
    this.#wait(now);
  }

  #expire(): void {
    this.stop();
    const { peer } = this.#transport;
    const message = `Keepalive of ${peer} had no answer within ${this.#options.timeout} ms`;
    this.#transport.close(new NetError("TIMED_OUT", message));
  }
}

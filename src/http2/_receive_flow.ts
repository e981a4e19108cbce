import { DEFAULT_WINDOW } from "./_peer_settings.ts";
import type { OnPingAck } from "./_pings.ts";
import type { StreamRecord } from "./_stream_record.ts";
import { BandwidthEstimator } from "./bandwidth.ts";
import type { Http2Config } from "./config.ts";
import { connectionError } from "./errors.ts";
import { encodeWindowUpdate, type Setting, SettingId } from "./frame/mod.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { canReceive } from "./stream_state.ts";

/** What the receiving flow needs of its connection. */
export interface ReceiveFlowHost<User> {
  readonly output: OutputBuffer;
  readonly closed: boolean;
  openStreams(): Iterable<StreamRecord<User>>;
  ping(onAck: OnPingAck): boolean;
  sendSettings(settings: readonly Setting[]): void;
}

/**
 * Flow control of what we receive (RFC 9113 section 5.2): the connection's window and those of the
 * streams, and their growth with the bandwidth-delay product.
 */
export class ReceiveFlow<User> {
  /** The window with which new streams begin. */
  initialWindow: number;
  readonly #config: Http2Config;
  readonly #host: ReceiveFlowHost<User>;
  readonly #window = new ReceiveWindow(DEFAULT_WINDOW);
  /** Made when the first sample may begin: small calls never come to that. */
  #bandwidth: BandwidthEstimator | undefined = undefined;
  #acknowledged = false;

  constructor(config: Http2Config, host: ReceiveFlowHost<User>) {
    this.#config = config;
    this.#host = host;
    // Until our SETTINGS are acknowledged the peer may go by the default (section 6.5.3).
    this.initialWindow = Math.max(DEFAULT_WINDOW, config.windows.stream);
  }

  /** Announces the connection's window, which begins at the default whatever the SETTINGS. */
  start(): void {
    this.#growConnection(this.#config.windows.connection);
  }

  /**
   * Counts the payload of a DATA frame, padding too, against the connection's window.
   *
   * @throws {Http2Error} FLOW_CONTROL_ERROR
   */
  receive(size: number): void {
    // Section 6.9.1.
    if (!this.#window.receive(size)) {
      throw connectionError("FLOW_CONTROL_ERROR", "The peer sends more than its window");
    }
    this.#bandwidth?.add(size);
  }

  /** Grants again what was consumed of a stream's bytes, no more than it holds. */
  consumeStream(stream: StreamRecord<User>, size: number): void {
    const { receiveWindow } = stream;
    const held = Math.min(size, receiveWindow.held);
    const increment = receiveWindow.consume(held);
    if (increment > 0 && canReceive(stream.state)) {
      encodeWindowUpdate(this.#host.output, stream.id, increment);
    }
    this.consume(held);
  }

  /** Grants again what was consumed of the connection's window, or is of no stream any more. */
  consume(size: number): void {
    const increment = this.#window.consume(size);
    if (increment === 0 || this.#host.closed) return;
    encodeWindowUpdate(this.#host.output, 0, increment);
    this.#sample();
  }

  /** Our first SETTINGS are acknowledged: a window below the default holds from now on. */
  settingsAcknowledged(): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    const { stream } = this.#config.windows;
    if (stream < this.initialWindow) this.#setStreamWindows(stream);
  }

  #sample(): void {
    const { limits, windows } = this.#config;
    if (!windows.adaptive) return;
    const bandwidth = this.#bandwidth ??= new BandwidthEstimator(
      windows.stream,
      limits.maxReceiveWindow,
    );
    if (bandwidth.begin() && !this.#host.ping(() => this.#adapt(bandwidth))) bandwidth.end();
  }

  /** A round trip's worth of bytes is known: the windows grow if they were what held it back. */
  #adapt(bandwidth: BandwidthEstimator): void {
    const window = bandwidth.end();
    if (window === 0 || !this.#acknowledged) return;
    this.#host.sendSettings([{ id: SettingId.INITIAL_WINDOW_SIZE, value: window }]);
    this.#setStreamWindows(window);
    if (window > this.#config.windows.connection) this.#growConnection(window);
  }

  #growConnection(window: number): void {
    const increment = this.#window.grow(window);
    if (increment > 0) encodeWindowUpdate(this.#host.output, 0, increment);
  }

  #setStreamWindows(window: number): void {
    this.initialWindow = window;
    for (const stream of this.#host.openStreams()) stream.receiveWindow.shift(window);
  }
}

/** The receiving half of a connection. @module */
import type { Control } from "./_control.ts";
import type { ConnectionParts } from "./_parts.ts";
import { DEFAULT_WINDOW } from "./_peer_settings.ts";
import type { Stream } from "./_stream.ts";
import type { StreamTable } from "./_stream_table.ts";
import { BandwidthEstimator } from "./bandwidth.ts";
import type { Http2Config } from "./config.ts";
import { connectionError, streamError } from "./errors.ts";
import { encodeWindowUpdate, SettingId } from "./frame/mod.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { canReceive, endRemote } from "./stream_state.ts";

/**
 * The receiving half of a connection: flow control (RFC 9113 section 5.2) of the connection and its
 * streams, whose windows grow with the bandwidth-delay product, and the length of the content.
 */
export class Receive<User> {
  /** The window of new streams. */
  initialWindow: number;
  readonly #config: Http2Config;
  readonly #output: OutputBuffer;
  readonly #control: Control;
  readonly #streams: StreamTable<Stream<User>>;
  readonly #window = new ReceiveWindow(DEFAULT_WINDOW);
  /** Created for the first sample, which connections with small calls never begin. */
  #bandwidth: BandwidthEstimator | undefined = undefined;
  #settingsAcknowledged = false;
  #stopped = false;

  constructor(
    parts: ConnectionParts<User>,
    control: Control,
    streams: StreamTable<Stream<User>>,
  ) {
    this.#config = parts.config;
    this.#output = parts.output;
    this.#control = control;
    this.#streams = streams;
    // Until our SETTINGS are acknowledged the peer may use the default (section 6.5.3).
    this.initialWindow = Math.max(DEFAULT_WINDOW, parts.config.windows.stream);
  }

  /** Widens the connection's window, which SETTINGS do not change, from the default. */
  start(): void {
    this.#growConnection(this.#config.windows.connection);
  }

  /** Stops sending WINDOW_UPDATE frames: the connection is closed. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Counts the payload of a DATA frame, padding included, against the connection's window.
   *
   * @throws {Http2Error} FLOW_CONTROL_ERROR
   */
  takeFromConnection(length: number): void {
    // Section 6.9.1.
    if (!this.#window.receive(length)) {
      throw connectionError("FLOW_CONTROL_ERROR", "The peer sends more than its window");
    }
    this.#bandwidth?.add(length);
  }

  /**
   * Counts a DATA frame against the stream's window and its announced content.
   *
   * @param length bytes of the payload
   * @param size bytes of it without padding
   * @throws {Http2Error} PROTOCOL_ERROR and FLOW_CONTROL_ERROR of the stream
   */
  takeFromStream(stream: Stream<User>, length: number, size: number): void {
    if (!stream.receiveWindow.receive(length)) {
      throw streamError(
        stream.id,
        "FLOW_CONTROL_ERROR",
        "The peer sends more than a stream's window",
      );
    }
    if (!stream.headersReceived) {
      throw streamError(stream.id, "PROTOCOL_ERROR", "DATA comes before a response's headers");
    }
    if (stream.remainingContent < 0) return;
    stream.remainingContent -= size;
    // Section 8.1.1.
    if (stream.remainingContent >= 0) return;
    throw streamError(stream.id, "PROTOCOL_ERROR", "The content is longer than content-length");
  }

  /**
   * Ends the peer's side of a stream. To be called before the handler's event.
   *
   * @throws {Http2Error} PROTOCOL_ERROR of the stream
   */
  endRemote(stream: Stream<User>): void {
    if (stream.remainingContent > 0) {
      throw streamError(stream.id, "PROTOCOL_ERROR", "The content is shorter than content-length");
    }
    stream.state = endRemote(stream.state);
  }

  /** Returns credit for bytes of a stream that the application has consumed, as far as it holds them. */
  consume(stream: Stream<User>, size: number): void {
    const { receiveWindow } = stream;
    const held = Math.min(size, receiveWindow.held);
    const increment = receiveWindow.consume(held);
    if (increment > 0 && canReceive(stream.state)) {
      encodeWindowUpdate(this.#output, stream.id, increment);
    }
    this.returnToConnection(held);
  }

  /** Returns credit of the connection's window for bytes that no open stream holds any longer. */
  returnToConnection(size: number): void {
    const increment = this.#window.consume(size);
    if (increment === 0 || this.#stopped) return;
    encodeWindowUpdate(this.#output, 0, increment);
    this.#sampleBandwidth();
  }

  /** Applies our first SETTINGS, which are acknowledged: a window below the default holds from now on. */
  settingsAcknowledged(): void {
    if (this.#settingsAcknowledged) return;
    this.#settingsAcknowledged = true;
    const { stream } = this.#config.windows;
    if (stream < this.initialWindow) this.#setStreamWindows(stream);
  }

  #sampleBandwidth(): void {
    const { limits, windows } = this.#config;
    if (!windows.adaptive) return;
    const bandwidth = this.#bandwidth ??= new BandwidthEstimator(
      windows.stream,
      limits.maxReceiveWindow,
    );
    if (bandwidth.begin() && !this.#control.ping(() => this.#adapt(bandwidth))) bandwidth.end();
  }

  /** Grows the windows if they were the limit in the round trip that was measured. */
  #adapt(bandwidth: BandwidthEstimator): void {
    const window = bandwidth.end();
    if (window === 0 || !this.#settingsAcknowledged) return;
    this.#control.sendSettings([{ id: SettingId.INITIAL_WINDOW_SIZE, value: window }]);
    this.#setStreamWindows(window);
    if (window > this.#config.windows.connection) this.#growConnection(window);
  }

  #growConnection(window: number): void {
    const increment = this.#window.grow(window);
    if (increment > 0) encodeWindowUpdate(this.#output, 0, increment);
  }

  #setStreamWindows(window: number): void {
    this.initialWindow = window;
    for (const stream of this.#streams.values()) stream.receiveWindow.shift(window);
  }
}

/** SETTINGS and PING of a connection. @module */
import type { ConnectionParts } from "./_parts.ts";
import type { RateLimiters } from "./_rate_limiter.ts";
import { connectionError } from "./errors.ts";
import {
  checkPing,
  encodePing,
  encodePingAck,
  encodeSettings,
  FrameFlag,
  MAX_31_BITS,
  parseSettings,
  pingNumber,
  type Setting,
} from "./frame/mod.ts";
import type { Limits } from "./limits.ts";
import type { OutputBuffer } from "./output_buffer.ts";

/** Called when a PING is answered, with the time in milliseconds. */
export type OnPingAck = (now: number) => void;

/** The SETTINGS that this side sends, and the PINGs of both sides. */
export class Control {
  /** True once the peer's first SETTINGS have arrived. */
  settingsReceived = false;
  readonly #limits: Limits;
  readonly #output: OutputBuffer;
  readonly #rates: RateLimiters;
  /** SETTINGS frames that the peer has not acknowledged, and the time of the last progress of them. */
  #settingsPending = 0;
  #settingsAt: number;
  /** Callbacks of unanswered PINGs by the number in their opaque data; made for the first PING. */
  #pings: Map<number, OnPingAck> | undefined = undefined;
  #nextPing = 1;

  constructor(parts: ConnectionParts<unknown>) {
    this.#limits = parts.config.limits;
    this.#output = parts.output;
    this.#rates = parts.rates;
    this.#settingsAt = parts.rates.now;
  }

  sendSettings(settings: readonly Setting[]): void {
    if (this.#settingsPending++ === 0) this.#settingsAt = this.#rates.now;
    encodeSettings(this.#output, settings);
  }

  /**
   * Takes a SETTINGS frame.
   *
   * @returns the settings, or undefined for an acknowledgment of ours
   * @throws {Http2Error} as `parseSettings()`; ENHANCE_YOUR_CALM over the limit `settings`
   */
  receiveSettings(
    bytes: Uint8Array,
    at: number,
    length: number,
    flags: number,
    streamId: number,
  ): readonly Setting[] | undefined {
    const isAck = (flags & FrameFlag.ACK) !== 0;
    if (isAck && !this.settingsReceived) {
      throw connectionError("PROTOCOL_ERROR", "The first frame is an acknowledgment");
    }
    const settings = parseSettings(
      bytes,
      at,
      length,
      flags,
      streamId,
      this.#limits.maxSettingsEntries,
    );
    this.#rates.take("settings");
    this.settingsReceived = true;
    if (!isAck) return settings;
    if (this.#settingsPending > 0) this.#settingsPending--;
    this.#settingsAt = this.#rates.now;
    return undefined;
  }

  /** @throws {Http2Error} SETTINGS_TIMEOUT (RFC 9113 section 6.5.3) */
  checkTimeout(now: number): void {
    const { settingsTimeout } = this.#limits;
    if (this.#settingsPending === 0 || now - this.#settingsAt <= settingsTimeout) return;
    throw connectionError("SETTINGS_TIMEOUT", "The peer has not acknowledged our SETTINGS", {
      limit: "settingsTimeout",
    });
  }

  /** Sends a PING. False while `maxPendingPings` are unanswered. */
  ping(onAck: OnPingAck): boolean {
    const pings = this.#pings ??= new Map();
    if (pings.size >= this.#limits.maxPendingPings) return false;
    pings.set(this.#nextPing, onAck);
    encodePing(this.#output, this.#nextPing);
    this.#nextPing = this.#nextPing % MAX_31_BITS + 1;
    return true;
  }

  /**
   * Answers a PING, or takes the answer to one of ours.
   *
   * @returns true for a PING of the peer
   * @throws {Http2Error} as `checkPing()`; ENHANCE_YOUR_CALM over the limit `pings`
   */
  receivePing(
    bytes: Uint8Array,
    at: number,
    length: number,
    flags: number,
    streamId: number,
  ): boolean {
    checkPing(length, streamId);
    if ((flags & FrameFlag.ACK) === 0) {
      this.#rates.take("pings");
      encodePingAck(this.#output, bytes, at);
      return true;
    }
    const number = pingNumber(bytes, at);
    const onAck = this.#pings?.get(number);
    if (onAck === undefined) {
      this.#rates.take("pings");
    } else {
      this.#pings!.delete(number);
      onAck(this.#rates.now);
    }
    return false;
  }

  /** Forgets the unanswered PINGs of a connection that is closed. */
  forgetPings(): void {
    this.#pings?.clear();
  }
}

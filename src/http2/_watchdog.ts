import { StallMeter } from "./_stall_meter.ts";
import { connectionError } from "./errors.ts";
import type { LimitName, Limits } from "./limits.ts";

/**
 * Knows since when a connection waits for its peer, in milliseconds of the owner's clock, and when it
 * has waited too long. It costs an assignment where something moves; the rest is done in `check()`.
 */
export class Watchdog {
  readonly #limits: Limits;
  readonly #startedAt: number;
  #settingsAt: number;
  /** Since when a frame is incomplete, and how many had come before it. */
  #frameAt: number | undefined = undefined;
  #frames = -1;
  /** Since when a header block is incomplete. */
  #blockAt: number | undefined = undefined;
  /** Bytes that the transport is to take. */
  readonly #output = new StallMeter();
  /** Queued DATA that only the connection's window or a full output holds back. */
  readonly #data = new StallMeter();

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#startedAt = now;
    this.#settingsAt = now;
  }

  /** Bytes have come, after which a frame or a header block is incomplete or not. */
  received(now: number, inFrame: boolean, inBlock: boolean, frames: number): void {
    if (!inFrame) {
      this.#frameAt = undefined;
    } else if (this.#frameAt === undefined || this.#frames !== frames) {
      this.#frameAt = now;
      this.#frames = frames;
    }
    if (inBlock) this.#blockAt ??= now;
    else this.#blockAt = undefined;
  }

  /** The transport has taken `size` bytes of output. */
  outputMoved(size: number): void {
    this.#output.progress += size;
  }

  /** DATA of `size` bytes that had waited went into the output. */
  dataMoved(size: number): void {
    this.#data.progress += size;
  }

  /** SETTINGS of ours went out, or one was acknowledged. */
  settingsMoved(now: number): void {
    this.#settingsAt = now;
  }

  /**
   * Checks how long the connection has waited for its peer.
   *
   * @param output bytes that wait for the transport
   * @param data bytes of queued DATA that only the connection's window or a full output holds back
   * @throws {Http2Error} ENHANCE_YOUR_CALM, and SETTINGS_TIMEOUT (RFC 9113 section 6.5.3)
   */
  check(
    now: number,
    settingsReceived: boolean,
    settingsPending: boolean,
    output: number,
    data: number,
  ): void {
    const { handshakeTimeout, frameTimeout, settingsTimeout, stallTimeout } = this.#limits;
    if (!settingsReceived && now - this.#startedAt > handshakeTimeout) {
      throw tooSlow("handshakeTimeout", "The peer has not begun with its preface and SETTINGS");
    }
    if (now - Math.min(this.#frameAt ?? now, this.#blockAt ?? now) > frameTimeout) {
      throw tooSlow("frameTimeout", "The peer has not completed a frame or a header block");
    }
    if (settingsPending && now - this.#settingsAt > settingsTimeout) {
      throw connectionError("SETTINGS_TIMEOUT", "The peer has not acknowledged our SETTINGS", {
        limit: "settingsTimeout",
      });
    }
    const outputStalls = this.#output.stalled(now, output, stallTimeout);
    if (this.#data.stalled(now, data, stallTimeout) || outputStalls) {
      throw tooSlow("stallTimeout", "The peer does not read, or keeps the window closed");
    }
  }
}

function tooSlow(limit: LimitName, message: string) {
  return connectionError("ENHANCE_YOUR_CALM", message, { limit });
}

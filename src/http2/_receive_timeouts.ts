import { connectionError } from "./errors.ts";
import type { LimitName, Limits } from "./limits.ts";

/**
 * Timeouts of a peer that is slow to send: its preface and SETTINGS, a frame, a header block. Times are
 * milliseconds of the application's clock. An arrival costs an assignment; `check()` does the rest.
 */
export class ReceiveTimeouts {
  readonly #limits: Limits;
  readonly #startedAt: number;
  /** The time since which a frame is incomplete, and the frames that had arrived before it. */
  #frameAt: number | undefined = undefined;
  #frames = -1;
  /** The time since which a header block is incomplete. */
  #blockAt: number | undefined = undefined;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#startedAt = now;
  }

  /**
   * Notes the state after some bytes have arrived.
   *
   * @param inFrame true when a frame is incomplete
   * @param inBlock true when a header block is incomplete
   * @param frames number of frames that have arrived
   */
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

  /** @throws {Http2Error} ENHANCE_YOUR_CALM */
  check(now: number, settingsReceived: boolean): void {
    const { handshakeTimeout, frameTimeout } = this.#limits;
    if (!settingsReceived && now - this.#startedAt > handshakeTimeout) {
      throw timeoutError("handshakeTimeout", "The peer has not sent its preface and SETTINGS");
    }
    if (now - Math.min(this.#frameAt ?? now, this.#blockAt ?? now) > frameTimeout) {
      throw timeoutError("frameTimeout", "The peer has not completed a frame or a header block");
    }
  }
}

function timeoutError(limit: LimitName, message: string) {
  return connectionError("ENHANCE_YOUR_CALM", message, { limit });
}

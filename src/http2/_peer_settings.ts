/** The SETTINGS of the peer. @module */
import { connectionError } from "./errors.ts";
import { MAX_31_BITS, SettingId } from "./frame/mod.ts";

/** The initial window of RFC 9113 section 6.9.2, for streams and for the connection. */
export const DEFAULT_WINDOW = 65_535;

/** The smallest and the largest SETTINGS_MAX_FRAME_SIZE (section 6.5.2). */
const MIN_FRAME_SIZE = 16_384;
const MAX_FRAME_SIZE = 16_777_215;

/** The value of a setting that is not limited: streams have 31 bits. */
const UNLIMITED = MAX_31_BITS;

/** The peer's settings in force, with the defaults of RFC 9113 section 6.5.2. */
export class PeerSettings {
  /** The least that the RFC recommends, until the peer's SETTINGS arrive. */
  maxConcurrentStreams = 100;
  initialWindowSize = DEFAULT_WINDOW;
  /** Bytes of payload in the frames that we send: the peer's setting, up to our own limit. */
  maxFrameSize = MIN_FRAME_SIZE;
  maxHeaderListSize = UNLIMITED;

  /** Applies the defaults that hold from the peer's first SETTINGS on. */
  begin(): void {
    this.maxConcurrentStreams = UNLIMITED;
  }

  /**
   * Applies one setting; those of other parts of the connection, and unknown ones, are ignored.
   *
   * @param maxSendFrameSize our own limit of `maxFrameSize`
   * @returns the change of `initialWindowSize`
   * @throws {Http2Error} FLOW_CONTROL_ERROR, PROTOCOL_ERROR
   */
  apply(id: number, value: number, maxSendFrameSize: number): number {
    switch (id) {
      case SettingId.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case SettingId.INITIAL_WINDOW_SIZE: {
        checkInitialWindow(value);
        const change = value - this.initialWindowSize;
        this.initialWindowSize = value;
        return change;
      }
      case SettingId.MAX_FRAME_SIZE:
        checkMaxFrameSize(value);
        this.maxFrameSize = Math.min(value, maxSendFrameSize);
        break;
      case SettingId.MAX_HEADER_LIST_SIZE:
        this.maxHeaderListSize = value;
        break;
    }
    return 0;
  }
}

/** @throws {Http2Error} FLOW_CONTROL_ERROR for a SETTINGS_INITIAL_WINDOW_SIZE over 2^31-1 (section 6.5.2) */
export function checkInitialWindow(value: number): void {
  if (value <= MAX_31_BITS) return;
  const message = `SETTINGS_INITIAL_WINDOW_SIZE ${value} is over 2^31-1`;
  throw connectionError("FLOW_CONTROL_ERROR", message);
}

/** @throws {Http2Error} PROTOCOL_ERROR for a SETTINGS_MAX_FRAME_SIZE out of range (section 6.5.2) */
export function checkMaxFrameSize(value: number): void {
  if (value >= MIN_FRAME_SIZE && value <= MAX_FRAME_SIZE) return;
  throw connectionError("PROTOCOL_ERROR", `SETTINGS_MAX_FRAME_SIZE ${value} is out of its range`);
}

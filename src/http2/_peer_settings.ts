import { connectionError } from "./errors.ts";
import { MAX_31_BITS } from "./frame/mod.ts";

/** The initial window of RFC 9113 section 6.9.2, for streams and for the connection. */
export const DEFAULT_WINDOW = 65_535;

/** The smallest and the largest SETTINGS_MAX_FRAME_SIZE (section 6.5.2). */
const MIN_FRAME_SIZE = 16_384;
const MAX_FRAME_SIZE = 16_777_215;

/** What stands for no limit on streams, which have 31 bits, or on header lists. */
export const UNLIMITED = MAX_31_BITS;

/** The peer's settings that hold, with the defaults of RFC 9113 section 6.5.2. */
export class PeerSettings {
  /** Unlimited by default; until the peer's SETTINGS come, the least that the RFC recommends. */
  maxConcurrentStreams = 100;
  initialWindowSize = DEFAULT_WINDOW;
  maxFrameSize = MIN_FRAME_SIZE;
  maxHeaderListSize = UNLIMITED;
}

/** Checks a window of SETTINGS_INITIAL_WINDOW_SIZE (section 6.5.2). */
export function checkInitialWindow(value: number): void {
  if (value > MAX_31_BITS) {
    throw connectionError(
      "FLOW_CONTROL_ERROR",
      `SETTINGS_INITIAL_WINDOW_SIZE ${value} is over 2^31-1`,
    );
  }
}

/** Checks a size of SETTINGS_MAX_FRAME_SIZE (section 6.5.2). */
export function checkMaxFrameSize(value: number): void {
  if (value < MIN_FRAME_SIZE || value > MAX_FRAME_SIZE) {
    throw connectionError("PROTOCOL_ERROR", `SETTINGS_MAX_FRAME_SIZE ${value} is out of its range`);
  }
}

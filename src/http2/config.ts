import { checkInitialWindow, checkMaxFrameSize, DEFAULT_WINDOW } from "./_peer_settings.ts";
import { type Setting, SettingId } from "./frame/mod.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";

/** The receive windows of a connection: bytes that a peer may send before the application consumes them. */
export interface Windows {
  /** Bytes for each stream, announced with SETTINGS_INITIAL_WINDOW_SIZE. */
  readonly stream: number;
  /** Bytes for the connection, 65,535 or more: RFC 9113 section 6.9.2 has no way to lower it. */
  readonly connection: number;
  /** True when both grow with the path's bandwidth-delay product, up to `maxReceiveWindow`. */
  readonly adaptive: boolean;
}

/** The configuration that the connections of one server or client share. Made by `configure()`. */
export interface Http2Config {
  readonly limits: Limits;
  readonly windows: Windows;
  /** The first SETTINGS of both roles. */
  readonly settings: readonly Setting[];
}

const DEFAULT_WINDOWS: Windows = { stream: 262_144, connection: 1_048_576, adaptive: true };

/**
 * Makes a configuration of the defaults and some changes.
 *
 * @throws {Http2Error} for a frame size or a window that HTTP/2 does not allow
 */
export function configure(
  options: { readonly limits?: Partial<Limits> | undefined; readonly windows?: Partial<Windows> } =
    {},
): Http2Config {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const windows = { ...DEFAULT_WINDOWS, ...options.windows };
  checkMaxFrameSize(limits.maxFrameSize);
  checkInitialWindow(windows.stream);
  checkInitialWindow(windows.connection);
  const connection = Math.max(windows.connection, DEFAULT_WINDOW);
  const settings = [
    { id: SettingId.INITIAL_WINDOW_SIZE, value: windows.stream },
    { id: SettingId.MAX_FRAME_SIZE, value: limits.maxFrameSize },
    { id: SettingId.MAX_HEADER_LIST_SIZE, value: limits.maxHeaderListSize },
    { id: SettingId.HEADER_TABLE_SIZE, value: limits.maxDecoderTableSize },
  ];
  return { limits, windows: { ...windows, connection }, settings };
}

import { block, frame, FrameFlag, FrameType, join } from "../../http2/_frames.ts";
import { ECHO, openEcho } from "./_attacker.ts";
import type { Besieged } from "./_besieged.ts";

/** An attack and its expected outcome. */
export interface Attack {
  readonly name: string;
  run(target: Besieged): Promise<void>;
}

/** The error code for a peer that uses too much (RFC 9113 section 7). */
export const CALM = "ENHANCE_YOUR_CALM";

/** Streams of a client are odd (RFC 9113 section 5.1.1). */
export const stream = (i: number) => 2 * i + 1;

/** HEADERS of a call of Echo, which waits for its message. */
export const open = openEcho(1);

/** Returns HEADERS of a call of Echo without END_HEADERS. */
export const headersOpen = (id: number) => frame(FrameType.HEADERS, 0, id, block(ECHO));

/** Waits for a time in milliseconds. */
export const pause = (ms: number) =>
  new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** Returns HEADERS and CONTINUATION frames of one block, of the default maximum size. */
export function cut(streamId: number, bytes: Uint8Array): Uint8Array {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 16_384) {
    const end = Math.min(at + 16_384, bytes.length);
    const flags = end === bytes.length ? FrameFlag.END_HEADERS : 0;
    const type = at === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
    pieces.push(frame(type, flags, streamId, bytes.subarray(at, end)));
  }
  return join(...pieces);
}

/** Attacks by floods of frames. @module */
import assert from "node:assert/strict";
import { HpackEncoder } from "../../../src/http2/hpack/mod.ts";
import {
  block,
  data,
  encoded,
  frame,
  FrameFlag,
  FrameType,
  join,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "../../http2/_frames.ts";
import { framed } from "../../_support/framed.ts";
import { type Attack, CALM, cut, headersOpen, open, stream } from "./_attack.ts";
import { type Approach, Attacker, ECHO, openEcho, times, wholeEcho } from "./_attacker.ts";

const HEADER_TABLE_SIZE = 1;

/** Connections on which an attack is repeated, as by an attacker that reconnects. */
const REPEATED = 5;

/** Returns an attack that sends all its bytes at once, for which each connection ends with a code. */
function flood(name: string, code: string, bytes: () => Uint8Array, approach?: Approach): Attack {
  return {
    name: `${name} ends in ${code}`,
    async run({ port }) {
      const attack = bytes();
      for (let i = 0; i < REPEATED; i++) {
        await using attacker = await Attacker.connect(port, approach);
        await attacker.send(attack);
        assert.equal(await attacker.end, code);
      }
    },
  };
}

/** Returns a block that puts a large field in the decoder's table and then repeats its index. */
function bomb(encoder: HpackEncoder, size: number): Uint8Array {
  const field = ["x-bomb", "x".repeat(3_000)];
  const first = encoded(encoder, [...ECHO, ...field]);
  // The newest entry of the dynamic table (RFC 7541 sections 2.3.3 and 6.1).
  return join(first, new Uint8Array(size - first.length).fill(0x80 | 62));
}

/** Seven octets of padding. */
const PADDING = new Uint8Array(7);

/** Fast attacks that run one after the other. */
export const floods: readonly Attack[] = [
  flood(
    "CVE-2023-44487, rapid reset: streams opened and reset at once",
    CALM,
    () => times(3_000, (i) => join(openEcho(stream(i)), rstStream(stream(i), 8))),
  ),
  flood(
    "CVE-2023-44487 with whole requests: each is reset behind its message",
    CALM,
    () => {
      const request = framed(new Uint8Array(16));
      return times(6_000, (i) =>
        join(
          openEcho(stream(i)),
          frame(FrameType.DATA, 0, stream(i), request),
          rstStream(stream(i), 8),
        ));
    },
  ),
  flood(
    "CVE-2025-8671, MadeYouReset by increments of 0",
    CALM,
    () => times(500, (i) => join(openEcho(stream(i)), windowUpdate(stream(i), 0))),
  ),
  flood(
    "CVE-2025-8671, MadeYouReset by windows over 2^31-1",
    CALM,
    () => times(500, (i) => join(openEcho(stream(i)), windowUpdate(stream(i), 2 ** 31 - 1))),
  ),
  flood(
    "CVE-2025-8671, MadeYouReset by more content than content-length says",
    CALM,
    () => times(500, (i) => join(openEcho(stream(i), "content-length", "1"), data(stream(i), 2))),
  ),
  flood(
    "CVE-2025-8671, MadeYouReset by HEADERS amid a request",
    CALM,
    () => times(500, (i) => join(openEcho(stream(i)), openEcho(stream(i)))),
  ),
  flood(
    "CVE-2024-27316, CONTINUATION without end",
    CALM,
    () => join(headersOpen(1), times(5_000, () => frame(FrameType.CONTINUATION, 0, 1, [0]))),
  ),
  flood(
    "CVE-2024-27316 in frames of the largest size",
    CALM,
    () => {
      const field = block(["x-a", "y".repeat(16_000)]);
      return join(headersOpen(1), times(50, () => frame(FrameType.CONTINUATION, 0, 1, field)));
    },
  ),
  flood(
    "Empty CONTINUATION frames",
    CALM,
    () => join(headersOpen(1), times(5_000, () => frame(FrameType.CONTINUATION, 0, 1))),
  ),
  flood(
    "CVE-2019-9512, PING flood",
    CALM,
    () => times(10_000, () => frame(FrameType.PING, 0, 0, new Uint8Array(8))),
  ),
  flood(
    "PINGs between calls, which each excuse some",
    CALM,
    () =>
      times(2_000, (i) =>
        join(
          wholeEcho(stream(i), framed(new Uint8Array(0))),
          times(10, () => frame(FrameType.PING, 0, 0, new Uint8Array(8))),
        )),
  ),
  flood("CVE-2019-9515, SETTINGS flood", CALM, () => times(5_000, () => settings())),
  flood(
    "CVE-2020-11080, SETTINGS of many parameters",
    CALM,
    () => settings(...Array.from({ length: 2_000 }, () => [HEADER_TABLE_SIZE, 0] as const)),
  ),
  flood(
    "CVE-2019-9518, DATA that carries nothing",
    CALM,
    () => join(open, times(5_000, () => data(1, 0))),
  ),
  flood(
    "CVE-2019-9518, DATA that is all padding",
    CALM,
    () =>
      join(open, times(1_000, () => frame(FrameType.DATA, FrameFlag.PADDED, 1, [7, ...PADDING]))),
  ),
  flood(
    "CVE-2019-9513, PRIORITY flood",
    CALM,
    () => times(10_000, (i) => frame(FrameType.PRIORITY, 0, stream(i % 100), [0, 0, 0, 0, 1])),
  ),
  flood(
    "CVE-2019-9517, windows opened a byte at a time",
    CALM,
    () => join(open, times(20_000, (i) => windowUpdate(i % 2, 1))),
  ),
  flood(
    "Frames of types that nobody has defined",
    CALM,
    () => times(10_000, () => frame(0xbe, 0, 0, [1, 2, 3])),
  ),
  flood(
    "GOAWAY flood",
    CALM,
    () => times(10_000, () => frame(FrameType.GOAWAY, 0, 0, [...uint32(0), ...uint32(0)])),
  ),
  flood(
    "RST_STREAM flood for a stream that is gone",
    CALM,
    () => join(open, times(10_000, () => rstStream(1, 8))),
  ),
  flood(
    "Streams opened over the limit, for ever",
    CALM,
    () => times(10_000, (i) => openEcho(stream(i))),
  ),
  flood(
    "CVE-2016-6581, HPACK bombs",
    CALM,
    () => {
      const encoder = new HpackEncoder(4_096);
      return times(500, (i) => cut(stream(i), bomb(encoder, 8_000)));
    },
  ),
  flood(
    "A header block larger than any list that is taken",
    CALM,
    () => cut(1, block([...ECHO, ...Array(5).fill(["x-large", "y".repeat(9_000)]).flat()])),
  ),
  flood(
    "A table size over the one that was allowed",
    "COMPRESSION_ERROR",
    // A dynamic table size update to 2^20 (RFC 7541 section 6.3).
    () => frame(FrameType.HEADERS, 4, 1, join(Uint8Array.of(0x3f, 0xe1, 0xff, 0x3f), block(ECHO))),
  ),
  flood(
    "An integer without end",
    "COMPRESSION_ERROR",
    () => frame(FrameType.HEADERS, 4, 1, new Uint8Array(100).fill(0xff)),
  ),
  flood(
    "A frame of 16 MB",
    "FRAME_SIZE_ERROR",
    () => Uint8Array.of(0xff, 0xff, 0xff, FrameType.DATA, 0, 0, 0, 0, 1),
  ),
  flood(
    "HTTP/1.1",
    "PROTOCOL_ERROR",
    () => new Uint8Array(0),
    { opening: new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
  ),
];

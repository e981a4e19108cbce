/**
 * Generates the input of hostile HTTP/2 clients of a gRPC server from a seed: frames on several connections, with
 * pauses and resets. Most frames are valid; some are malformed, out of place or mutated.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import {
  block,
  CLIENT_PREFACE,
  encoded,
  frame,
  FrameFlag,
  FrameType,
  join,
  rstStream,
  settings,
  SETTINGS_ACK,
  uint32,
  windowUpdate,
} from "../http2/_frames.ts";
import { generator, type Random } from "../http2/_random.ts";
import { HpackEncoder } from "../../src/http2/hpack/mod.ts";
import { mutate } from "./mutations.ts";

/** An action of a connection. */
export type Step =
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  /** Waits for a time in milliseconds. */
  | { readonly kind: "pause"; readonly time: number }
  /** Half-closes the socket (FIN). */
  | { readonly kind: "end" }
  /** Ends the connection by a TCP reset. */
  | { readonly kind: "reset" };

/** The steps of one connection. */
export interface Script {
  /** False for a peer that never reads. */
  readonly reads: boolean;
  readonly steps: readonly Step[];
}

const METHODS = [
  "/signer.v1.EchoService/Echo",
  "/signer.v1.EchoService/Echo",
  "/signer.v1.SigningService/Sign",
  "/signer.v1.SigningService/SignStream",
  "/signer.v1.SigningService/SignBatch",
  "/signer.v1.SigningService/ListKeys",
  "/grpc.health.v1.Health/Watch",
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "/signer.v1.EchoService/Missing",
  "*",
  "/",
];

const CONTENT_TYPES = [
  "application/grpc",
  "application/grpc",
  "application/grpc+proto",
  "application/grpc-web",
  "text/html",
  "",
];

/** Optional fields of a request. */
const EXTRAS: readonly (readonly string[])[] = [
  ["te", "trailers"],
  ["te", "gzip"],
  ["grpc-timeout", "1S"],
  ["grpc-timeout", "0n"],
  ["grpc-timeout", "99999999H"],
  ["grpc-timeout", "-1S"],
  ["grpc-encoding", "gzip"],
  ["grpc-encoding", "deflate"],
  ["grpc-encoding", "nonsense"],
  ["content-length", "12"],
  ["content-length", "0"],
  ["content-length", "x"],
  ["expect", "100-continue"],
  ["connection", "close"],
  ["transfer-encoding", "chunked"],
  ["cookie", "a=b", "cookie", "c=d"],
  ["x-bin", "AAAA"],
  ["x-a-bin", "!!!!,,,,"],
  ["Upper", "case"],
  ["", "no name"],
  ["x-raw", "\xff\xfe\0\r\n"],
  ["x-long", "a".repeat(9_000)],
  [":late", "1"],
  [":path", "/twice"],
  [":status", "200"],
  [":protocol", "websocket"],
];

/** Returns the scripts of one to four concurrent connections, reproducible by seed. */
export function conversation(seed: number): Script[] {
  const random = generator(seed);
  return Array.from({ length: 1 + random(4) }, () => new ScriptMaker(random).make());
}

class ScriptMaker {
  readonly #random: Random;
  readonly #encoder = new HpackEncoder(4_096);
  readonly #steps: Step[] = [];
  /** Percentage of frames that are out of place. */
  readonly #wild: number;
  /** Percentage of frames that are mutated. */
  readonly #mutated: number;
  #nextId = 1;

  constructor(random: Random) {
    this.#random = random;
    this.#wild = [0, 10, 40, 80][random(4)];
    this.#mutated = [0, 0, 2, 15][random(4)];
  }

  make(): Script {
    const random = this.#random;
    const reads = random(8) > 0;
    let bytes = [CLIENT_PREFACE, this.#settings()];
    if (random(40) === 0) bytes = [CLIENT_PREFACE];
    for (let frames = 1 + random(60); frames > 0; frames--) {
      bytes.push(...this.#next());
      if (random(3) === 0) this.#send(bytes.splice(0));
      if (random(6) === 0) this.#steps.push({ kind: "pause", time: random(4) });
    }
    this.#send(bytes);
    const ending = random(4);
    if (ending === 0) this.#steps.push({ kind: "reset" });
    else if (ending === 1) this.#steps.push({ kind: "end" });
    else if (ending === 2) this.#steps.push({ kind: "pause", time: 10 });
    return { reads, steps: this.#steps };
  }

  /** Sends the frames in one piece, in two, or byte by byte. */
  #send(frames: readonly Uint8Array[]): void {
    const bytes = join(...frames);
    const cuts = this.#random(10);
    if (cuts === 0 && bytes.length < 300) {
      for (let at = 0; at < bytes.length; at++) this.#piece(bytes.subarray(at, at + 1));
    } else if (cuts === 1) {
      const at = this.#random(bytes.length + 1);
      this.#piece(bytes.subarray(0, at));
      this.#piece(bytes.subarray(at));
    } else this.#piece(bytes);
  }

  #piece(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#steps.push({ kind: "send", bytes });
  }

  #next(): Uint8Array[] {
    const random = this.#random;
    const frames = random(100) < this.#wild ? [this.#anything()] : this.#request();
    return frames.map((frame) => random(100) < this.#mutated ? mutate(frame, random) : frame);
  }

  /** Returns a complete or incomplete request on a new stream. */
  #request(): Uint8Array[] {
    const random = this.#random;
    const id = this.#nextId;
    this.#nextId += 2;
    const body = this.#messages();
    const frames = [this.#headers(id, this.#fields(), random(12) === 0 ? 1 : 0)];
    for (let at = 0; at < body.length;) {
      const end = Math.min(body.length, at + 1 + random(random(4) === 0 ? 10 : 20_000));
      frames.push(frame(FrameType.DATA, 0, id, body.subarray(at, end)));
      at = end;
    }
    switch (random(12)) {
      case 0: // Never ends.
        break;
      case 1:
        frames.push(rstStream(id, random(14)));
        break;
      case 2:
        frames.push(this.#headers(id, ["x-trailer", "1"], 1));
        break;
      case 3: // Ends and is reset in one piece.
        frames.push(frame(FrameType.DATA, 1, id), rstStream(id, 8));
        break;
      default:
        frames.push(frame(FrameType.DATA, 1, id));
    }
    if (random(5) === 0) frames.push(this.#anything());
    return frames;
  }

  #fields(): string[] {
    const random = this.#random;
    const fields = [
      ...[":method", random(15) === 0 ? ["GET", "HEAD", "CONNECT", "x"][random(4)] : "POST"],
      ...[":scheme", "http", ":path", METHODS[random(METHODS.length)], ":authority", "x"],
    ];
    if (random(30) === 0) fields.splice(random(4) * 2, 2);
    fields.push(
      "content-type",
      random(8) === 0 ? CONTENT_TYPES[random(CONTENT_TYPES.length)] : "application/grpc",
    );
    for (let extras = random(4); extras > 0; extras--) {
      fields.push(...EXTRAS[random(random(3) === 0 ? EXTRAS.length : 7)]);
    }
    return fields;
  }

  /** Returns length-prefixed messages, some of them malformed. */
  #messages(): Uint8Array {
    const random = this.#random;
    const count = random(5) === 0 ? random(40) : 1;
    return join(...Array.from({ length: count }, () => {
      const content = random(20) === 0
        ? new Uint8Array(random(70_000))
        : Uint8Array.from([0x0a, 3, 97, 98, 99]);
      const packed = random(12) === 0 ? new Uint8Array(gzipSync(content)) : content;
      const length = random(25) === 0 ? random(2 ** 31) : packed.length;
      return join(Uint8Array.from([packed === content ? 0 : 1, ...uint32(length)]), packed);
    }));
  }

  #headers(id: number, fields: readonly string[], flags: number): Uint8Array {
    const random = this.#random;
    const bytes = random(4) === 0 ? block(fields) : encoded(this.#encoder, fields);
    if (bytes.length < 4 || random(10) > 0) {
      return frame(FrameType.HEADERS, flags | FrameFlag.END_HEADERS, id, bytes);
    }
    const at = 1 + random(bytes.length - 2);
    return join(
      frame(FrameType.HEADERS, flags, id, bytes.subarray(0, at)),
      frame(FrameType.CONTINUATION, FrameFlag.END_HEADERS, id, bytes.subarray(at)),
    );
  }

  #settings(): Uint8Array {
    const random = this.#random;
    const entries = Array.from({ length: random(4) }, (): [number, number] => {
      const id = 1 + random(9);
      return [id, [0, 1, 100, 16_384, 65_535, 100_000, 2 ** 31 - 1, 2 ** 32 - 1][random(8)]];
    });
    return settings(...entries);
  }

  /** Returns a frame on any stream, well-formed or nearly so. */
  #anything(): Uint8Array {
    const random = this.#random;
    const id = random(8) === 0 ? random(5) : Math.max(1, this.#nextId - 2 * random(6));
    const makers: (() => Uint8Array)[] = [
      () => this.#settings(),
      () => SETTINGS_ACK,
      () => frame(FrameType.PING, random(2), 0, [0, 0, 0, 0, 0, 0, 0, random(4)]),
      () => frame(FrameType.PING, 1, 0, new Uint8Array(8)),
      () => windowUpdate(random(2) === 0 ? 0 : id, [0, 1, 65_535, 2 ** 31 - 1][random(4)]),
      () => rstStream(id, random(20)),
      () => rstStream(id, 8),
      () => frame(FrameType.PRIORITY, 0, id, [...uint32(random(2) === 0 ? id : random(9)), 1]),
      () => frame(FrameType.GOAWAY, 0, 0, [...uint32(random(12)), ...uint32(random(15))]),
      () => frame(FrameType.GOAWAY, 0, 0, [...uint32(0), ...uint32(random(2)), 98, 121, 101]),
      () => frame(FrameType.DATA, random(2), id, new Uint8Array(random(2_000))),
      () => frame(FrameType.DATA, 8 | random(2), id, [random(6), 1, 2, 0, 0, 0]),
      () => frame(FrameType.DATA, 0, id),
      () => this.#headers(id, this.#fields(), random(2)),
      () => this.#headers(id, ["grpc-status", "0"], 1),
      () => this.#headers(id, [":status", "200"], random(2)),
      () => frame(FrameType.HEADERS, 4 | random(2), id, [0x80 | random(128), random(256)]),
      () => frame(FrameType.HEADERS, 0x2d, id, [2, ...uint32(random(9)), 7, 0x82, 0x86, 0, 0]),
      () => frame(FrameType.HEADERS, random(2), id, block(this.#fields()).subarray(0, random(9))),
      () => frame(FrameType.CONTINUATION, 4 * random(2), id, block(["x", "y"])),
      () => frame(5, 4, id, [...uint32(2 + 2 * random(4)), ...block(this.#fields())]),
      () => frame(0xa, 0, random(2) * id, [0, 1, 97, 98]),
      () => frame(0xc, 0, 0, [0, 1, 97]),
      () => frame(0x10, 0, 0, [...uint32(id), 117, 61, 49]),
      () => frame(10 + random(240), random(256), id, new Uint8Array(random(20))),
      () => frame(random(10), random(256), random(2) * id, new Uint8Array(random(30))),
    ];
    return makers[random(makers.length)]();
  }
}

/** Errors of clients that end a connection or a stream, by RFC 9113. @module */
import assert from "node:assert/strict";
import {
  block,
  data,
  frame,
  FrameFlag,
  FrameType,
  headers,
  REQUEST,
  rstStream,
  settings,
  uint32,
  windowUpdate,
} from "./_frames.ts";
import { server } from "./_recorder.ts";

/** Frames that end the connection, after the handshake and HEADERS of stream 1 without END_STREAM. */
const CONNECTION_ERRORS: Readonly<Record<string, readonly [string, ...Uint8Array[]]>> = {
  "DATA on stream 0": ["PROTOCOL_ERROR", data(0, 1)],
  "DATA on an idle stream": ["PROTOCOL_ERROR", data(3, 1)],
  "DATA on a stream that ended": [
    "STREAM_CLOSED",
    headers(3),
    rstStream(3, 8),
    data(3, 1),
  ],
  "DATA with padding as long as itself": [
    "PROTOCOL_ERROR",
    frame(FrameType.DATA, FrameFlag.PADDED, 1, [3, 0, 0]),
  ],
  "padded DATA without a pad length": [
    "FRAME_SIZE_ERROR",
    frame(FrameType.DATA, FrameFlag.PADDED, 1),
  ],
  "HEADERS on stream 0": ["PROTOCOL_ERROR", headers(0)],
  "HEADERS on an even stream": ["PROTOCOL_ERROR", headers(2)],
  "HEADERS on a lower stream": ["STREAM_CLOSED", headers(5), headers(3)],
  "HEADERS too short for its priority": [
    "FRAME_SIZE_ERROR",
    frame(FrameType.HEADERS, FrameFlag.PRIORITY | FrameFlag.END_HEADERS, 3, [0, 0]),
  ],
  "HEADERS that do not decode": [
    "COMPRESSION_ERROR",
    frame(FrameType.HEADERS, FrameFlag.END_HEADERS, 3, [0x80]),
  ],
  "a frame within a header block": [
    "PROTOCOL_ERROR",
    frame(FrameType.HEADERS, 0, 3, block(REQUEST)),
    data(1, 1),
  ],
  "CONTINUATION of another stream": [
    "PROTOCOL_ERROR",
    frame(FrameType.HEADERS, 0, 3, block(REQUEST)),
    frame(FrameType.CONTINUATION, FrameFlag.END_HEADERS, 1),
  ],
  "an unknown frame within a header block": [
    "PROTOCOL_ERROR",
    frame(FrameType.HEADERS, 0, 3, block(REQUEST)),
    frame(0xfa, 0, 3),
  ],
  "CONTINUATION without HEADERS": ["PROTOCOL_ERROR", frame(FrameType.CONTINUATION, 4, 1)],
  "PRIORITY on stream 0": ["PROTOCOL_ERROR", frame(FrameType.PRIORITY, 0, 0, new Uint8Array(5))],
  "RST_STREAM on stream 0": ["PROTOCOL_ERROR", rstStream(0, 0)],
  "RST_STREAM on an idle stream": ["PROTOCOL_ERROR", rstStream(3, 0)],
  "RST_STREAM of a wrong length": ["FRAME_SIZE_ERROR", frame(FrameType.RST_STREAM, 0, 1, [0])],
  "SETTINGS on a stream": ["PROTOCOL_ERROR", frame(FrameType.SETTINGS, 0, 1)],
  "SETTINGS of a wrong length": ["FRAME_SIZE_ERROR", frame(FrameType.SETTINGS, 0, 0, [0, 1, 0])],
  "a SETTINGS acknowledgment with a payload": [
    "FRAME_SIZE_ERROR",
    frame(FrameType.SETTINGS, FrameFlag.ACK, 0, new Uint8Array(6)),
  ],
  "SETTINGS_ENABLE_PUSH 2": ["PROTOCOL_ERROR", settings([2, 2])],
  "SETTINGS_INITIAL_WINDOW_SIZE 2^31": ["FLOW_CONTROL_ERROR", settings([4, 0x8000_0000])],
  "SETTINGS_MAX_FRAME_SIZE 16383": ["PROTOCOL_ERROR", settings([5, 16_383])],
  "SETTINGS_MAX_FRAME_SIZE 2^24": ["PROTOCOL_ERROR", settings([5, 0x100_0000])],
  "a setting that takes a window over 2^31-1": [
    "FLOW_CONTROL_ERROR",
    windowUpdate(1, 0x7fff_0000),
    settings([4, 0x7fff_ffff]),
  ],
  "PUSH_PROMISE": ["PROTOCOL_ERROR", frame(FrameType.PUSH_PROMISE, 4, 1, uint32(2))],
  "PING on a stream": ["PROTOCOL_ERROR", frame(FrameType.PING, 0, 1, new Uint8Array(8))],
  "PING of a wrong length": ["FRAME_SIZE_ERROR", frame(FrameType.PING, 0, 0, [0])],
  "GOAWAY on a stream": ["PROTOCOL_ERROR", frame(FrameType.GOAWAY, 0, 1, new Uint8Array(8))],
  "GOAWAY of a wrong length": ["FRAME_SIZE_ERROR", frame(FrameType.GOAWAY, 0, 0, [0])],
  "WINDOW_UPDATE 0 of the connection": ["PROTOCOL_ERROR", windowUpdate(0, 0)],
  "WINDOW_UPDATE of a wrong length": ["FRAME_SIZE_ERROR", frame(FrameType.WINDOW_UPDATE, 0, 0)],
  "WINDOW_UPDATE on an idle stream": ["PROTOCOL_ERROR", windowUpdate(3, 1)],
  "a connection window over 2^31-1": ["FLOW_CONTROL_ERROR", windowUpdate(0, 0x7fff_ffff)],
  "a frame over SETTINGS_MAX_FRAME_SIZE": ["FRAME_SIZE_ERROR", data(1, 16_385)],
};

for (const [what, [code, ...frames]] of Object.entries(CONNECTION_ERRORS)) {
  Deno.test(`${what} ends the connection with ${code}`, () => {
    const { exchange, recorder, connection } = server();
    exchange(headers(1, REQUEST, 0));
    const answer = exchange(frames);
    assert.match(answer.at(-1)!, new RegExp(`^GOAWAY \\d ${code}$`));
    const events = recorder.take();
    assert.equal(events.at(-1), `end ${code}`);
    assert.ok(events.includes(`reset 1 ${code} connection`));
    assert.equal(connection.streamCount, 0);
    assert.deepEqual(exchange(headers(7)), []);
    assert.deepEqual(recorder.take(), []);
  });
}

/** Frames that end stream 1 only, after its HEADERS without END_STREAM. */
const STREAM_ERRORS: Readonly<Record<string, readonly [string, ...Uint8Array[]]>> = {
  "PRIORITY of a wrong length": ["FRAME_SIZE_ERROR", frame(FrameType.PRIORITY, 0, 1, [0])],
  "WINDOW_UPDATE 0": ["PROTOCOL_ERROR", windowUpdate(1, 0)],
  "a stream window over 2^31-1": ["FLOW_CONTROL_ERROR", windowUpdate(1, 0x7fff_ffff)],
  "DATA after END_STREAM": ["STREAM_CLOSED", data(1, 1, FrameFlag.END_STREAM), data(1, 1)],
  "HEADERS after END_STREAM": ["STREAM_CLOSED", data(1, 1, FrameFlag.END_STREAM), headers(1)],
};

for (const [what, [code, ...frames]] of Object.entries(STREAM_ERRORS)) {
  Deno.test(`${what} ends the stream with ${code}`, () => {
    const { exchange, recorder, connection } = server();
    exchange([headers(1, REQUEST, 0), headers(3, REQUEST, 0)]);
    assert.deepEqual(exchange(frames), [`RST_STREAM 1 ${code}`]);
    assert.deepEqual(recorder.take().slice(-2), [`reset 1 ${code} local`, "closed 1"]);
    assert.equal(connection.streamCount, 1);
  });
}

/** Limits of pipelines. @module */
import { PipelineError } from "./errors.ts";

/** Nodes of a manifest: the memory of an execution grows with them. */
export const MAX_NODES = 20;
/** Connections of a manifest: each node has few inputs. */
export const MAX_CONNECTIONS = 100;
/** Channels of a buffer: more than any format of surround sound has. */
export const MAX_CHANNELS = 64;
/** Sample rate of a buffer in hertz: that of the fastest audio converters. */
export const MAX_SAMPLE_RATE = 768_000;
/** Bytes of the values of a chunk: 6 s of 16-bit stereo. A stream does not wait long for the chunks of others. */
export const MAX_CHUNK_BYTES = 1_048_576;
/** Characters of JSON in all inputs, parsed in one piece: about 10 ms, and some 50 MB of small lists at most. */
export const MAX_JSON = 1_048_576;
/** Lists and objects of JSON within each other: writing JSON is recursive. Parsers of other languages allow 100, too. */
export const MAX_JSON_NESTING = 100;
/** Bytes of the largest buffer. */
export const MAX_BUFFER_BYTES = 50_000_000;
/**
 * Bytes of all outputs together: those of the largest buffer. A buffer can be the output of many nodes, and the serving
 * thread writes each into the response.
 */
export const MAX_OUTPUT_BYTES = MAX_BUFFER_BYTES;
/**
 * Memory that the nodes of an execution keep until they end, such as the filters of resamplers: 20 resamplers of 8
 * channels from 192 to 8 kHz need 5 MB at the best quality. The 64 streams of a thread may keep 512 MB.
 */
export const MAX_STATE_BYTES = 8_388_608;
/** Times that a node may hold its buffer: its input, its output and one conversion between formats. */
const COPIES_PER_NODE = 3;

/** Limits of one execution. */
export interface Limits {
  /** Wall-clock time. */
  readonly timeMs: number;
  /** All buffers that the execution allocates, and its estimate from the input. */
  readonly memoryBytes: number;
  /** One buffer: an input, or the output of a node. */
  readonly bufferBytes: number;
}

/** The limits of an execution that asks for none. */
const DEFAULT_LIMITS: Limits = {
  timeMs: 10_000,
  memoryBytes: 100_000_000,
  bufferBytes: MAX_BUFFER_BYTES,
};

/** The limits that an execution may ask for. Audio of 50 MB in 20 nodes needs 3 GB: too much for one caller. */
const MAX_LIMITS: Limits = {
  timeMs: 30_000,
  memoryBytes: 400_000_000,
  bufferBytes: MAX_BUFFER_BYTES,
};

/** Estimates the memory of an execution in bytes. */
export function estimateMemory(inputBytes: number, nodes: number): number {
  return inputBytes * nodes * COPIES_PER_NODE;
}

/** The names of the limits in manifests. */
export const LIMIT_KEYS = {
  timeMs: "time_ms",
  memoryBytes: "memory_bytes",
  bufferBytes: "buffer_bytes",
} as const satisfies Record<keyof Limits, string>;

/** Returns the limits that a manifest asks for. @throws {PipelineError} BAD_MANIFEST over the maximum */
export function limitsOf(asked: Partial<Limits>): Limits {
  for (const name of Object.keys(MAX_LIMITS) as (keyof Limits)[]) {
    const value = asked[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 1 || value > MAX_LIMITS[name]) {
      throw new PipelineError(
        "BAD_MANIFEST",
        `The limit ${LIMIT_KEYS[name]} is ${value}: it must be a whole number from 1 to ${
          MAX_LIMITS[name]
        }`,
        { path: ["limits", LIMIT_KEYS[name]] },
      );
    }
  }
  return { ...DEFAULT_LIMITS, ...asked };
}

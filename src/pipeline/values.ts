/** The values that pass between nodes. They are passed by reference: no node changes its inputs. @module */
import { PipelineError } from "./errors.ts";
import { MAX_CHANNELS, MAX_SAMPLE_RATE } from "./limits.ts";

/** Interleaved samples. Floating point has the range -1 to 1; integers have their full range. */
export type Samples = Float32Array | Int16Array | Int32Array;

/** Audio of any number of frames; a frame has one sample for each channel. */
export interface AudioBuffer {
  readonly samples: Samples;
  /** In hertz. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** A value that JSON can represent. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json;
};

/** A value on a connection. */
export type Value =
  | { readonly kind: "audio"; readonly audio: AudioBuffer }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "json"; readonly json: Json };

/** The kind of a value. */
export type Kind = Value["kind"];

/** Returns the frames of a buffer. */
export function frameCount({ samples, channels }: AudioBuffer): number {
  return samples.length / channels;
}

/** Returns the bytes that a value holds; those of JSON are not counted, because nodes make little of it. */
export function byteLength(value: Value): number {
  if (value.kind === "audio") return value.audio.samples.byteLength;
  return value.kind === "bytes" ? value.bytes.byteLength : 0;
}

/** Ensures that a buffer has possible figures and whole frames. @throws {PipelineError} BAD_INPUT */
export function checkAudio({ samples, sampleRate, channels }: AudioBuffer): void {
  if (!isWithin(sampleRate, MAX_SAMPLE_RATE)) {
    throw new PipelineError(
      "BAD_INPUT",
      `The sample rate is ${sampleRate}: it must be a whole number from 1 to ${MAX_SAMPLE_RATE}`,
    );
  }
  if (!isWithin(channels, MAX_CHANNELS)) {
    throw new PipelineError(
      "BAD_INPUT",
      `The audio has ${channels} channels: it must have 1 to ${MAX_CHANNELS}`,
    );
  }
  if (samples.length % channels !== 0) {
    throw new PipelineError(
      "BAD_INPUT",
      `${samples.length} samples are no whole number of frames of ${channels} channels`,
    );
  }
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

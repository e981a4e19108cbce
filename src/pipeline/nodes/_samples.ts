/** Slices of buffers, and conversion between the formats of samples. @module */
import { PipelineError } from "../errors.ts";
import { type FormatName, formatOf, formats, type Samples } from "../formats.ts";
import type { NodeContext } from "../node.ts";
import type { AudioBuffer, Value } from "../values.ts";

/** Samples of a slice: about 0.1 ms of simple arithmetic. */
const SLICE = 65_536;

/** Returns the value of full scale in the format of samples. */
export function fullScale(samples: Samples): number {
  return formats[formatOf(samples)].scale;
}

/** Returns the audio of an input that accepts only audio. */
export function audioOf(value: Value | undefined): AudioBuffer {
  if (value?.kind !== "audio") throw new TypeError("The input is no audio");
  return value.audio;
}

/** Allocates samples of a format, in the limits of the execution. */
export function allocate<F extends FormatName>(
  context: NodeContext,
  format: F,
  length: number,
): InstanceType<(typeof formats)[F]["array"]> {
  const { array } = formats[format];
  context.reserve(length * array.BYTES_PER_ELEMENT);
  return new array(length) as InstanceType<(typeof formats)[F]["array"]>;
}

/** Calls a function on ranges of a whole number of frames, and yields after each. */
export function* slices(
  frames: number,
  channels: number,
  work: (from: number, to: number) => void,
): Generator<void, void, unknown> {
  const step = Math.max(1, Math.floor(SLICE / channels));
  for (let from = 0; from < frames; from += step) {
    work(from, Math.min(from + step, frames));
    yield;
  }
}

/** Converts samples; returns samples that have the format already as they are. */
export function* convert<F extends FormatName>(
  samples: Samples,
  format: F,
  context: NodeContext,
): Generator<void, InstanceType<(typeof formats)[F]["array"]>, unknown> {
  type Target = InstanceType<(typeof formats)[F]["array"]>;
  if (formatOf(samples) === format) return samples as Target;
  const target = allocate(context, format, samples.length) as Samples;
  const factor = formats[format].scale / formats[formatOf(samples)].scale;
  const max = formats[format].scale - 1;
  yield* slices(samples.length, 1, (from, to) => {
    if (format === "F32") {
      for (let i = from; i < to; i++) target[i] = samples[i]! * factor;
    } else {
      // A NaN becomes 0 by the assignment to an array of integers.
      for (let i = from; i < to; i++) {
        target[i] = Math.min(max, Math.max(-max - 1, Math.round(samples[i]! * factor)));
      }
    }
  });
  return target as Target;
}

/** Returns samples after the rest that an earlier part of their stream has left. */
export function afterRest<F extends FormatName>(
  rest: InstanceType<(typeof formats)[F]["array"]>,
  samples: InstanceType<(typeof formats)[F]["array"]>,
  format: F,
  context: NodeContext,
): InstanceType<(typeof formats)[F]["array"]> {
  if (rest.length === 0) return samples;
  const joined = allocate(context, format, rest.length + samples.length);
  joined.set(rest);
  joined.set(samples, rest.length);
  return joined;
}

/** Ensures that all parts of a stream have the same channels and rate. */
export class SameForm {
  #first: AudioBuffer | undefined;

  /** @throws {PipelineError} BAD_INPUT */
  check({ channels, sampleRate }: AudioBuffer): void {
    this.#first ??= { channels, sampleRate, samples: new Float32Array() };
    if (channels === this.#first.channels && sampleRate === this.#first.sampleRate) return;
    throw new PipelineError(
      "BAD_INPUT",
      `A stream of ${this.#first.channels} channels at ${this.#first.sampleRate} Hz has a chunk of ${channels} at ${sampleRate} Hz`,
    );
  }

  /** Returns audio of no frames; undefined when there was no part. */
  empty(): AudioBuffer | undefined {
    return this.#first;
  }
}

/** Ensures that there is a channel of some number. @throws {PipelineError} BAD_INPUT */
export function requireChannel(channel: number, { channels }: AudioBuffer): void {
  if (channel < channels) return;
  throw new PipelineError(
    "BAD_INPUT",
    `There is no channel ${channel}: the audio has ${channels}, counted from 0`,
  );
}

/** resample: another sample rate, by speexdsp. @module */
import { PipelineError } from "../errors.ts";
import {
  defineNode,
  type Inputs,
  type NodeContext,
  type NodeInstance,
  type Work,
} from "../node.ts";
import { type AudioBuffer, frameCount, type Value } from "../values.ts";
import { allocate, audioOf, fullScale, SameForm } from "./_samples.ts";
import { loadSpeex, Resampler, speexBytes } from "./_speex.ts";

/** Rates of the input and the output: their ratio bounds the length of the filter. */
const MIN_RATE = 4_000;
const MAX_RATE = 192_000;

export const resample = defineNode({
  type: "resample",
  description:
    "Resamples audio by speexdsp. The output is F32 and keeps its time; audio that has the rate is unchanged.",
  inputs: { in: ["audio"] },
  output: "audio",
  parameters: {
    sample_rate: {
      kind: "number",
      min: MIN_RATE,
      max: MAX_RATE,
      integer: true,
      description: "Hertz",
    },
    quality: {
      kind: "number",
      min: 0,
      max: 10,
      integer: true,
      default: 5,
      description: "0 is the fastest, 10 the best",
    },
  },
  load: loadSpeex,
  libraryBytes: speexBytes,
  open: ({ sample_rate, quality }, context) => new Resampling(sample_rate, quality, context),
});

/** The resampling of a stream. */
class Resampling implements NodeInstance {
  readonly #rate: number;
  readonly #quality: number;
  readonly #context: NodeContext;
  readonly #form = new SameForm();
  #resampler: Resampler | undefined;
  /** Frames of the stream so far. */
  #read = 0;
  #written = 0;

  constructor(rate: number, quality: number, context: NodeContext) {
    this.#rate = rate;
    this.#quality = quality;
    this.#context = context;
  }

  *push(inputs: Inputs | undefined, isLast: boolean): Work<Value | undefined> {
    const audio = inputs === undefined ? this.#form.empty() : audioOf(inputs.in);
    if (audio === undefined) return undefined;
    this.#form.check(audio);
    const { channels, sampleRate } = audio;
    if (sampleRate === this.#rate) return inputs?.in;
    const resampler = this.#resampler ??= this.#open(audio);
    const scale = 1 / fullScale(audio.samples);
    const frames = frameCount(audio);
    const wholeLength = (this.#read + frames) * this.#rate / sampleRate;
    // The filter holds the newest frames back until the end.
    const room = isLast
      ? Math.round(wholeLength) - this.#written
      : Math.ceil(wholeLength) + 1 - this.#written;
    const output = allocate(this.#context, "F32", room * channels);
    let [from, at] = [0, 0];
    while (isLast ? at < room : from < frames) {
      const { read, written } = resampler.process(
        ...[audio.samples, scale, from, output, at, isLast] as const,
      );
      from += read;
      at += written;
      yield;
    }
    this.#read += frames;
    this.#written += at;
    if (inputs === undefined && at === 0) return undefined;
    return {
      kind: "audio",
      audio: { samples: output.subarray(0, at * channels), sampleRate: this.#rate, channels },
    };
  }

  [Symbol.dispose](): void {
    this.#resampler?.[Symbol.dispose]();
    this.#resampler = undefined;
  }

  #open({ channels, sampleRate }: AudioBuffer): Resampler {
    if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
      throw new PipelineError(
        "BAD_INPUT",
        `Audio of ${sampleRate} Hz cannot be resampled: its rate must be from ${MIN_RATE} to ${MAX_RATE}`,
      );
    }
    return new Resampler(channels, sampleRate, this.#rate, this.#quality, this.#context);
  }
}

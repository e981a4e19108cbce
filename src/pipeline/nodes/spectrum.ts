/** spectrum: the mean power spectrum of each channel, by Welch's method (IEEE Trans. Audio 15, 1967) and fft.js. @module */
import FFT from "fft.js";
import {
  defineNode,
  type Inputs,
  type NodeContext,
  type NodeInstance,
  type Work,
} from "../node.ts";
import { frameCount, type Value } from "../values.ts";
import { afterRest, audioOf, convert, SameForm } from "./_samples.ts";

/** A transform of fft.js, which has no types: of real numbers, to pairs of a real and an imaginary part. */
interface Transform {
  realTransform(output: Float64Array, input: Float64Array): void;
}

/** Transforms of a slice: about 1 ms of the largest. */
const TRANSFORMS = 8;

export const spectrum = defineNode({
  type: "spectrum",
  description:
    "Measures the mean power spectrum of each channel, in windows of Hann that overlap by half: a sine of full scale has the power 1 in its bin. Windows with a sample that is NaN or infinite are counted and left out. In a stream each chunk has the mean of the windows that end in it.",
  inputs: { in: ["audio"] },
  output: "json",
  parameters: {
    size: {
      kind: "choice",
      choices: [256, 512, 1024, 2048, 4096, 8192],
      default: 1024,
      description: "Samples of a window; the spectrum has half as many bins, and one",
    },
  },
  open: ({ size }, context) => new Analysis(size, context),
});

/** The analysis of a stream. */
class Analysis implements NodeInstance {
  readonly #size: number;
  readonly #context: NodeContext;
  readonly #form = new SameForm();
  readonly #fft: Transform;
  readonly #window: Float64Array;
  readonly #windowed: Float64Array;
  readonly #transform: Float64Array;
  /** Samples whose windows are not whole yet. */
  #rest = new Float32Array();

  constructor(size: number, context: NodeContext) {
    this.#size = size;
    this.#context = context;
    this.#fft = new FFT(size) as Transform;
    this.#window = Float64Array.from({ length: size }, (_, i) => {
      // Of sum 2, for the negative frequencies.
      return (1 - Math.cos(2 * Math.PI * i / size)) * 2 / size;
    });
    this.#windowed = new Float64Array(size);
    this.#transform = new Float64Array(2 * size);
  }

  *push(inputs: Inputs | undefined): Work<Value | undefined> {
    if (inputs === undefined) return undefined;
    const audio = audioOf(inputs.in);
    this.#form.check(audio);
    const { channels, sampleRate } = audio;
    const added = yield* convert(audio.samples, "F32", this.#context);
    const samples = afterRest(this.#rest, added, "F32", this.#context);
    const hop = this.#size / 2;
    const frames = frameCount({ ...audio, samples });
    const windows = Math.max(0, Math.floor((frames - this.#size) / hop) + 1);
    this.#context.reserve(8 * channels * (hop + 1));
    const powers = Array.from({ length: channels }, () => new Float64Array(hop + 1));
    const counts = new Float64Array(channels);
    for (let window = 0; window < windows; window++) {
      for (let channel = 0; channel < channels; channel++) {
        if (this.#add(samples, window * hop * channels + channel, channels, powers[channel]!)) {
          counts[channel]!++;
        }
      }
      if (window % Math.ceil(TRANSFORMS / channels) === 0) yield;
    }
    this.#rest = samples.slice(windows * hop * channels);
    return {
      kind: "json",
      json: {
        bin_hz: sampleRate / this.#size,
        channels: powers.map((power, channel) => ({
          windows: counts[channel]!,
          not_finite: windows - counts[channel]!,
          power: Array.from(power, (sum) => sum / Math.max(1, counts[channel]!)),
        })),
      },
    };
  }

  /** Adds the powers of a window. Returns false for one that is not finite. */
  #add(samples: Float32Array, from: number, step: number, power: Float64Array): boolean {
    for (let i = 0, at = from; i < this.#size; i++, at += step) {
      const sample = samples[at]!;
      if (!Number.isFinite(sample)) return false;
      this.#windowed[i] = sample * this.#window[i]!;
    }
    this.#fft.realTransform(this.#transform, this.#windowed);
    for (let bin = 0; bin < power.length; bin++) {
      const [re, im] = [this.#transform[2 * bin]!, this.#transform[2 * bin + 1]!];
      power[bin]! += re * re + im * im;
    }
    return true;
  }
}

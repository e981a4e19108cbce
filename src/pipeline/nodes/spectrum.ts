/** spectrum: the mean power spectrum of each channel, by Welch's method (IEEE Trans. Audio 15, 1967) and fft.js. @module */
import FFT from "fft.js";
import {
  defineNode,
  type Inputs,
  type NodeContext,
  type NodeInstance,
  type Work,
} from "../node.ts";
import type { Samples } from "../formats.ts";
import type { Value } from "../values.ts";
import { audioOf, fullScale, SameForm } from "./_samples.ts";

/** A transform of fft.js, which has no types: of real numbers, to pairs of a real and an imaginary part. */
interface Transform {
  realTransform(output: Float64Array, input: Float64Array): void;
}

/** Transforms of a slice: about 1 ms of the largest. */
const TRANSFORMS = 8;

/** Bytes of a bin of the output: two numbers, and up to 24 characters of JSON. */
const BIN_BYTES = 40;

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
  /** Samples of earlier parts whose windows are not whole yet. */
  #rest = new Float64Array();

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
    if (this.#form.empty() === undefined) {
      this.#context.reserveState(8 * this.#size * audio.channels);
    }
    this.#form.check(audio);
    const { channels, sampleRate } = audio;
    const source = new Source(this.#rest, audio.samples);
    const hop = this.#size / 2;
    const windows = Math.max(0, Math.floor((source.length / channels - this.#size) / hop) + 1);
    this.#context.reserve(BIN_BYTES * channels * (hop + 1));
    const powers = Array.from({ length: channels }, () => new Float64Array(hop + 1));
    const counts = new Float64Array(channels);
    let transforms = 0;
    for (let window = 0; window < windows; window++) {
      for (let channel = 0; channel < channels; channel++) {
        const from = window * hop * channels + channel;
        const isFinite = source.readWindow(from, channels, this.#window, this.#windowed);
        if (isFinite) {
          this.#add(powers[channel]!);
          counts[channel]!++;
        }
        if (++transforms % TRANSFORMS === 0) yield;
      }
    }
    this.#rest = source.after(windows * hop * channels);
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

  /** Adds the powers of the window that was read. */
  #add(power: Float64Array): void {
    this.#fft.realTransform(this.#transform, this.#windowed);
    for (let bin = 0; bin < power.length; bin++) {
      const [re, im] = [this.#transform[2 * bin]!, this.#transform[2 * bin + 1]!];
      power[bin]! += re * re + im * im;
    }
  }
}

/** The samples of a part after the rest of earlier parts. They are converted where they are read. */
class Source {
  readonly length: number;
  readonly #rest: Float64Array;
  readonly #samples: Samples;
  readonly #scale: number;

  constructor(rest: Float64Array, samples: Samples) {
    this.length = rest.length + samples.length;
    this.#rest = rest;
    this.#samples = samples;
    this.#scale = 1 / fullScale(samples);
  }

  /** Reads the samples of a channel in a window. Returns false when one is not finite. */
  readWindow(from: number, step: number, window: Float64Array, windowed: Float64Array): boolean {
    const rest = this.#rest;
    const samples = this.#samples;
    const scale = this.#scale;
    for (let i = 0, at = from; i < window.length; i++, at += step) {
      const sample = at < rest.length ? rest[at]! : samples[at - rest.length]! * scale;
      if (!Number.isFinite(sample)) return false;
      windowed[i] = sample * window[i]!;
    }
    return true;
  }

  /** Copies the samples from a position on. */
  after(from: number): Float64Array<ArrayBuffer> {
    const copy = new Float64Array(this.length - from);
    for (let i = 0; i < copy.length; i++) {
      const at = from + i - this.#rest.length;
      copy[i] = at < 0 ? this.#rest[from + i]! : this.#samples[at]! * this.#scale;
    }
    return copy;
  }
}

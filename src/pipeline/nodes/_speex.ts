/** The resampler of speexdsp, compiled to WebAssembly: `speex_resampler.h` of speexdsp 1.2. @module */

/** The functions that the package exports, and its memory, whose views change when it grows. */
interface Speex {
  readonly HEAPF32: Float32Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _speex_resampler_init(
    channels: number,
    from: number,
    to: number,
    quality: number,
    error: number,
  ): number;
  _speex_resampler_destroy(state: number): void;
  _speex_resampler_skip_zeros(state: number): number;
  _speex_resampler_process_interleaved_float(
    state: number,
    input: number,
    inputFrames: number,
    output: number,
    outputFrames: number,
  ): number;
}

/** Frames that one call resamples: a bounded time, at the highest quality too. */
const FRAMES = 1_024;

let speex: Speex | undefined;

/** Loads the library once: its build with SIMD, which takes two thirds of the time of the other. */
export async function loadSpeex(): Promise<void> {
  speex ??= await (await import("@echogarden/speex-resampler-wasm/simd")).default() as Speex;
}

/** A resampler of interleaved audio. Its first output frame is at the time of its first input frame. */
export class Resampler implements Disposable {
  readonly #speex: Speex;
  readonly #channels: number;
  readonly #maxOutput: number;
  readonly #memory: number;
  readonly #state: number;

  constructor(channels: number, from: number, to: number, quality: number) {
    if (speex === undefined) throw new TypeError("The resampler is not loaded");
    this.#speex = speex;
    this.#channels = channels;
    this.#maxOutput = Math.ceil(FRAMES * to / from) + 1;
    // Two lengths, the input and the output.
    this.#memory = speex._malloc(8 + 4 * channels * (FRAMES + this.#maxOutput));
    this.#state = this.#memory && speex._speex_resampler_init(channels, from, to, quality, 0);
    if (this.#state === 0) {
      speex._free(this.#memory);
      throw new Error("speexdsp cannot allocate a resampler");
    }
    speex._speex_resampler_skip_zeros(this.#state);
  }

  /**
   * Resamples frames from a position on, and silence after the end of the samples if they are the last ones. Returns the
   * frames that were read and written.
   */
  process(
    samples: Float32Array,
    from: number,
    output: Float32Array,
    at: number,
    isLast: boolean,
  ): { read: number; written: number } {
    const channels = this.#channels;
    const input = this.#memory + 8;
    const target = input + 4 * channels * FRAMES;
    const heap = this.#speex.HEAPF32;
    const chunk = samples.subarray(from * channels, (from + FRAMES) * channels);
    heap.set(chunk, input / 4);
    if (isLast) heap.fill(0, input / 4 + chunk.length, input / 4 + channels * FRAMES);
    const lengths = this.#memory / 4;
    this.#speex.HEAPU32[lengths] = isLast ? FRAMES : chunk.length / channels;
    this.#speex.HEAPU32[lengths + 1] = Math.min(this.#maxOutput, output.length / channels - at);
    const code = this.#speex._speex_resampler_process_interleaved_float(
      this.#state,
      input,
      this.#memory,
      target,
      this.#memory + 4,
    );
    if (code !== 0) throw new Error(`speexdsp failed with code ${code}`);
    const read = this.#speex.HEAPU32[lengths]!;
    const written = this.#speex.HEAPU32[lengths + 1]!;
    const start = target / 4;
    output.set(this.#speex.HEAPF32.subarray(start, start + written * channels), at * channels);
    return { read, written };
  }

  [Symbol.dispose](): void {
    this.#speex._speex_resampler_destroy(this.#state);
    this.#speex._free(this.#memory);
  }
}

/** The resampler of speexdsp, compiled to WebAssembly: `speex_resampler.h` of speexdsp 1.2. @module */
import type { NodeContext } from "../node.ts";
import type { Samples } from "../formats.ts";
import { once } from "./_once.ts";
import { stageBytes, stagesOf } from "./_stages.ts";

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

/** Samples that one call reads or writes: about 1 ms at the highest quality. */
const CALL_SAMPLES = 2_048;

/** Frames that one call reads at most. */
const MAX_FRAMES = 1_024;

let speex: Speex | undefined;

/** Loads the library: its build with SIMD, which takes two thirds of the time of the other. */
export const loadSpeex = once(async () => {
  speex = await (await import("@echogarden/speex-resampler-wasm/simd")).default() as Speex;
});

/** Returns the bytes of the library's memory. */
export const speexBytes = (): number => speex?.HEAPU32.buffer.byteLength ?? 0;

/** A stage of a resampler: its state in speexdsp, and the memory of its output. */
interface RunningStage {
  readonly state: number;
  readonly output: number;
  readonly maxFrames: number;
}

/** A resampler of interleaved audio. Its first output frame is at the time of its first input frame. */
export class Resampler implements Disposable {
  readonly #speex: Speex;
  readonly #channels: number;
  /** Frames that one call reads. */
  readonly #frames: number;
  /** Two lengths, the input, and the output of each stage. */
  readonly #memory: number;
  readonly #stages: RunningStage[] = [];

  /** @param context counts the memory */
  constructor(
    channels: number,
    from: number,
    to: number,
    quality: number,
    context: Pick<NodeContext, "reserveState">,
  ) {
    if (speex === undefined) throw new TypeError("The resampler is not loaded");
    this.#speex = speex;
    this.#channels = channels;
    const perFrame = channels * Math.max(1, to / from);
    this.#frames = Math.max(1, Math.min(MAX_FRAMES, Math.floor(CALL_SAMPLES / perFrame)));
    const stages = stagesOf(from, to, quality);
    let frames = this.#frames;
    const rooms = stages.map((stage) => frames = Math.ceil(frames * stage.to / stage.from) + 1);
    const sum = rooms.reduce((sum, room) => sum + room, this.#frames);
    const states = stages.reduce((sum, stage) => sum + stageBytes(stage, channels, quality), 0);
    context.reserveState(8 + 4 * channels * sum + states);
    this.#memory = speex._malloc(8 + 4 * channels * sum);
    let output = this.#memory + 8 + 4 * channels * this.#frames;
    for (const [index, stage] of stages.entries()) {
      const state = this.#memory &&
        speex._speex_resampler_init(channels, stage.from, stage.to, quality, 0);
      if (state === 0) {
        this[Symbol.dispose]();
        throw new Error("speexdsp cannot allocate a resampler");
      }
      speex._speex_resampler_skip_zeros(state);
      this.#stages.push({ state, output, maxFrames: rooms[index]! });
      output += 4 * channels * rooms[index]!;
    }
  }

  /**
   * Resamples frames from a position on, and silence after the end of the samples if they are the last ones. Returns the
   * frames that were read and written.
   *
   * @param scale factor that gives the samples the range -1 to 1
   */
  process(
    samples: Samples,
    scale: number,
    from: number,
    output: Float32Array,
    at: number,
    isLast: boolean,
  ): { read: number; written: number } {
    const channels = this.#channels;
    const chunk = samples.subarray(from * channels, (from + this.#frames) * channels);
    this.#write(chunk, scale);
    const lengths = this.#memory / 4;
    let input = this.#memory + 8;
    let frames = isLast ? this.#frames : chunk.length / channels;
    const read = frames;
    for (const [index, stage] of this.#stages.entries()) {
      const isFinal = index === this.#stages.length - 1;
      const room = isFinal ? output.length / channels - at : stage.maxFrames;
      this.#speex.HEAPU32[lengths] = frames;
      this.#speex.HEAPU32[lengths + 1] = Math.min(stage.maxFrames, room);
      const code = this.#speex._speex_resampler_process_interleaved_float(
        stage.state,
        input,
        this.#memory,
        stage.output,
        this.#memory + 4,
      );
      if (code !== 0) throw new Error(`speexdsp failed with code ${code}`);
      const isRead = this.#speex.HEAPU32[lengths] === frames;
      frames = this.#speex.HEAPU32[lengths + 1]!;
      // The end of the output leaves input over, which is silence.
      if (!isRead && !(isFinal && isLast)) throw new Error("speexdsp has left input");
      input = stage.output;
    }
    const start = input / 4;
    output.set(this.#speex.HEAPF32.subarray(start, start + frames * channels), at * channels);
    return { read, written: frames };
  }

  [Symbol.dispose](): void {
    for (const { state } of this.#stages.splice(0)) this.#speex._speex_resampler_destroy(state);
    this.#speex._free(this.#memory);
  }

  /** Writes a chunk to the memory of the input, and silence after it. */
  #write(chunk: Samples, scale: number): void {
    const start = (this.#memory + 8) / 4;
    const target = this.#speex.HEAPF32.subarray(start, start + this.#frames * this.#channels);
    if (scale === 1) target.set(chunk);
    else for (let i = 0; i < chunk.length; i++) target[i] = chunk[i]! * scale;
    target.fill(0, chunk.length);
  }
}

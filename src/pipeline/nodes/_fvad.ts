/** The voice activity detector of WebRTC, compiled to WebAssembly: `fvad.h` of libfvad. @module */
import { once } from "./_once.ts";

interface Fvad {
  readonly HEAP16: Int16Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _fvad_new(): number;
  _fvad_free(instance: number): void;
  _fvad_set_mode(instance: number, mode: number): number;
  _fvad_set_sample_rate(instance: number, rate: number): number;
  _fvad_process(instance: number, frame: number, length: number): number;
}

let fvad: Fvad | undefined;

/** Loads the library. */
export const loadFvad = once(async () => {
  fvad = await (await import("@echogarden/fvad-wasm")).default() as Fvad;
});

/** Returns the bytes of the library's memory. */
export const fvadBytes = (): number => fvad?.HEAP16.buffer.byteLength ?? 0;

/** A detector of voice in frames of one length. */
export class VoiceDetector implements Disposable {
  readonly #fvad: Fvad;
  readonly #instance: number;
  readonly #memory: number;

  constructor(sampleRate: number, mode: number, frameLength: number) {
    if (fvad === undefined) throw new TypeError("The detector is not loaded");
    this.#fvad = fvad;
    this.#instance = fvad._fvad_new();
    this.#memory = fvad._malloc(2 * frameLength);
    if (
      this.#instance === 0 || this.#memory === 0 ||
      fvad._fvad_set_mode(this.#instance, mode) !== 0 ||
      fvad._fvad_set_sample_rate(this.#instance, sampleRate) !== 0
    ) {
      this[Symbol.dispose]();
      throw new Error("libfvad cannot make a detector");
    }
  }

  /** Tells whether a frame has voice. */
  hasVoice(frame: Int16Array): boolean {
    this.#fvad.HEAP16.set(frame, this.#memory / 2);
    const result = this.#fvad._fvad_process(this.#instance, this.#memory, frame.length);
    if (result < 0) throw new Error(`libfvad refuses a frame of ${frame.length} samples`);
    return result === 1;
  }

  [Symbol.dispose](): void {
    if (this.#instance !== 0) this.#fvad._fvad_free(this.#instance);
    this.#fvad._free(this.#memory);
  }
}

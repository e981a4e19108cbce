/** voice_activity: the parts of audio with speech, by libfvad. @module */
import { PipelineError } from "../errors.ts";
import {
  defineNode,
  type Inputs,
  type NodeContext,
  type NodeInstance,
  type Work,
} from "../node.ts";
import type { AudioBuffer, Value } from "../values.ts";
import { fvadBytes, loadFvad, VoiceDetector } from "./_fvad.ts";
import { afterRest, audioOf, convert, SameForm } from "./_samples.ts";

const RATES = [8_000, 16_000, 32_000, 48_000];
/** Frames of a slice: about 1 ms. */
const FRAMES = 64;
/** Bytes of a part with speech: an object, and its JSON. */
const SEGMENT_BYTES = 100;

export const voiceActivity = defineNode({
  type: "voice_activity",
  description:
    "Finds speech in audio of one channel at 8, 16, 32 or 48 kHz by libfvad. The output has the parts with speech in milliseconds. A last frame that is not whole is left out.",
  inputs: { in: ["audio"] },
  output: "json",
  parameters: {
    mode: {
      kind: "number",
      min: 0,
      max: 3,
      integer: true,
      default: 2,
      description: "0 finds the most speech, 3 the least",
    },
    frame_ms: { kind: "choice", choices: [10, 20, 30], default: 30, description: "Milliseconds" },
  },
  load: loadFvad,
  libraryBytes: fvadBytes,
  open: ({ mode, frame_ms }, context) => new Detection(mode, frame_ms, context),
});

/** The detection of speech in a stream. */
class Detection implements NodeInstance {
  readonly #mode: number;
  readonly #frameMs: number;
  readonly #context: NodeContext;
  readonly #form = new SameForm();
  #detector: VoiceDetector | undefined;
  /** The beginning of a frame that is not whole yet. */
  #rest = new Int16Array();
  /** Frames of the stream so far. */
  #frames = 0;

  constructor(mode: number, frameMs: number, context: NodeContext) {
    this.#mode = mode;
    this.#frameMs = frameMs;
    this.#context = context;
  }

  *push(inputs: Inputs | undefined): Work<Value | undefined> {
    if (inputs === undefined) return undefined;
    const audio = audioOf(inputs.in);
    this.#form.check(audio);
    const detector = this.#detector ??= this.#open(audio);
    const added = yield* convert(audio.samples, "I16", this.#context);
    const samples = afterRest(this.#rest, added, "I16", this.#context);
    const length = audio.sampleRate / 1_000 * this.#frameMs;
    const frames = Math.floor(samples.length / length);
    const segments: { start_ms: number; end_ms: number }[] = [];
    let speech = 0;
    for (let frame = 0; frame < frames; frame++) {
      if (detector.hasVoice(samples.subarray(frame * length, (frame + 1) * length))) {
        speech++;
        const start_ms = (this.#frames + frame) * this.#frameMs;
        const last = segments.at(-1);
        if (last?.end_ms === start_ms) last.end_ms += this.#frameMs;
        else {
          this.#context.reserve(SEGMENT_BYTES);
          segments.push({ start_ms, end_ms: start_ms + this.#frameMs });
        }
      }
      if (frame % FRAMES === FRAMES - 1) yield;
    }
    this.#frames += frames;
    this.#rest = samples.slice(frames * length);
    return {
      kind: "json",
      json: { frame_ms: this.#frameMs, frames, speech_frames: speech, segments },
    };
  }

  [Symbol.dispose](): void {
    this.#detector?.[Symbol.dispose]();
    this.#detector = undefined;
  }

  #open({ sampleRate, channels }: AudioBuffer): VoiceDetector {
    if (channels !== 1) {
      throw new PipelineError(
        "BAD_INPUT",
        `The audio has ${channels} channels: one is needed, which mix_down makes`,
      );
    }
    if (!RATES.includes(sampleRate)) {
      throw new PipelineError(
        "BAD_INPUT",
        `The sample rate is ${sampleRate}: resample to one of ${RATES.join(", ")}`,
      );
    }
    return new VoiceDetector(sampleRate, this.#mode, sampleRate / 1_000 * this.#frameMs);
  }
}

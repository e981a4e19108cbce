/** wav_decode: audio from a WAV file (RIFF, "Multimedia Programming Interface and Data Specifications 1.0"). @module */
import { PipelineError } from "../errors.ts";
import { defineNode } from "../node.ts";
import type { Samples } from "../formats.ts";
import { type AudioBuffer, checkAudio } from "../values.ts";
import { allocate, slices } from "./_samples.ts";

const PCM = 1;
const IEEE_FLOAT = 3;
/** WAVE_FORMAT_EXTENSIBLE: the real format is the first two bytes of a GUID (`ksmedia.h`), of which these are the others. */
const EXTENSIBLE = 0xfffe;
const SUB_FORMAT_REST = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/** Chunks before the data: files have some ten. They are read in one piece, and an empty one has 8 bytes. */
const MAX_CHUNKS = 1_000;
/** Offset of the GUID in the chunk, and its end. */
const SUB_FORMAT = 24;
const SUB_FORMAT_END = 40;

export const wavDecode = defineNode({
  type: "wav_decode",
  description:
    "Decodes a WAV file. PCM of 8 and 16 bits gives I16, of 24 and 32 bits I32; floating point of 32 and 64 bits gives F32.",
  inputs: { in: ["bytes"] },
  output: "audio",
  parameters: {},
  needsWhole: true,
  *run(inputs, _, context) {
    if (inputs.in?.kind !== "bytes") throw new TypeError("The input is no file");
    const { bytes } = inputs.in;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { format, channels, sampleRate, bits, data } = readChunks(view);
    const coding = codings[`${format}/${bits}`];
    if (coding === undefined) {
      throw bad(
        `The WAV file has samples of format ${format} with ${bits} bits: PCM of 8 to 32 bits and floating point can be read`,
      );
    }
    const width = bits / 8;
    const audio = (samples: Samples): AudioBuffer => ({ samples, channels, sampleRate });
    checkAudio(audio(new Int16Array()));
    const frames = Math.floor(data.byteLength / (width * channels));
    const samples: Samples = allocate(context, coding.format, frames * channels);
    yield* slices(samples.length, 1, (from, to) => {
      for (let i = from; i < to; i++) samples[i] = coding.read(data, i * width);
    });
    return { kind: "audio", audio: audio(samples) };
  },
});

interface Coding {
  readonly format: "F32" | "I16" | "I32";
  read(data: DataView, at: number): number;
}

const codings: Readonly<Record<string, Coding>> = {
  [`${PCM}/8`]: { format: "I16", read: (data, at) => (data.getUint8(at) - 128) << 8 },
  [`${PCM}/16`]: { format: "I16", read: (data, at) => data.getInt16(at, true) },
  [`${PCM}/24`]: {
    format: "I32",
    read: (data, at) => (data.getUint16(at, true) << 8) | (data.getInt8(at + 2) << 24),
  },
  [`${PCM}/32`]: { format: "I32", read: (data, at) => data.getInt32(at, true) },
  [`${IEEE_FLOAT}/32`]: { format: "F32", read: (data, at) => data.getFloat32(at, true) },
  [`${IEEE_FLOAT}/64`]: { format: "F32", read: (data, at) => data.getFloat64(at, true) },
};

interface Chunks {
  readonly format: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
  readonly data: DataView;
}

/** Finds the chunks `fmt ` and `data`. A `data` chunk that is cut off, as recorders leave it, is read to the end. */
function readChunks(view: DataView): Chunks {
  if (view.byteLength < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") {
    throw bad("The input is no WAV file");
  }
  let fmt: Omit<Chunks, "data"> | undefined;
  for (let at = 12, chunks = 0; at + 8 <= view.byteLength; chunks++) {
    if (chunks === MAX_CHUNKS) {
      throw bad(`The WAV file has ${MAX_CHUNKS} chunks before its data: fewer can be read`);
    }
    const name = tag(view, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    const length = Math.min(size, view.byteLength - start);
    if (name === "fmt ") fmt = readFormat(view, start, length);
    if (name === "data") {
      if (fmt === undefined) throw bad("The WAV file has no fmt chunk before its data");
      return { ...fmt, data: new DataView(view.buffer, view.byteOffset + start, length) };
    }
    // Chunks begin at even offsets.
    at = start + size + size % 2;
  }
  throw bad("The WAV file has no data chunk");
}

function readFormat(view: DataView, at: number, length: number): Omit<Chunks, "data"> {
  if (length < 16) {
    throw bad(`The fmt chunk of the WAV file has ${length} bytes: it must have 16 or more`);
  }
  const format = view.getUint16(at, true);
  return {
    format: format === EXTENSIBLE ? subFormat(view, at, length) : format,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function subFormat(view: DataView, at: number, length: number): number {
  if (length < SUB_FORMAT_END) throw bad("The fmt chunk of the WAV file lacks its sub-format");
  for (const [index, byte] of SUB_FORMAT_REST.entries()) {
    if (view.getUint8(at + SUB_FORMAT + 2 + index) === byte) continue;
    throw bad("The WAV file has an unknown sub-format: PCM and floating point can be read");
  }
  return view.getUint16(at + SUB_FORMAT, true);
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function bad(message: string): PipelineError {
  return new PipelineError("BAD_INPUT", message);
}

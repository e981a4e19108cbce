/** The values that pass between nodes. They are passed by reference: no node changes its inputs. @module */
import { PipelineError } from "./errors.ts";
import { bytesOf, type FormatName, formatOf, type Samples, samplesIn } from "./formats.ts";
import {
  MAX_CHANNELS,
  MAX_JSON,
  MAX_JSON_NESTING,
  MAX_OUTPUT_BYTES,
  MAX_SAMPLE_RATE,
} from "./limits.ts";

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

/**
 * A value in a message or on its way to another thread: samples are bytes at any address, and JSON is text, which only
 * the worker parses and writes.
 */
export type SentValue =
  | {
    readonly kind: "audio";
    readonly bytes: Uint8Array;
    readonly format: FormatName;
    readonly sampleRate: number;
    readonly channels: number;
  }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "json"; readonly text: string };

/** The kind of a value. */
export type Kind = Value["kind"];

/**
 * Reads the values that a caller has sent. Yields before each JSON, whose text can take tens of milliseconds to parse.
 *
 * @throws {PipelineError} LIMIT for JSON that takes long to parse; BAD_INPUT for text that is not JSON, is nested deeply,
 *   or has numbers out of range
 */
export function* receiveValues(
  entries: Iterable<readonly [name: string, value: SentValue]>,
): Generator<void, Map<string, Value>> {
  const values = new Map<string, Value>();
  let characters = 0;
  for (const [name, value] of entries) {
    switch (value.kind) {
      case "json":
        characters += value.text.length;
        if (characters > MAX_JSON) {
          throw new PipelineError(
            "LIMIT",
            `The inputs have over ${MAX_JSON} characters of JSON, with the input ${name}`,
          );
        }
        yield;
        values.set(name, { kind: "json", json: readJson(`input ${name}`, value.text) });
        break;
      case "bytes":
        values.set(name, value);
        break;
      case "audio": {
        const { bytes, format, sampleRate, channels } = value;
        const audio = { samples: samplesIn(bytes, format), sampleRate, channels };
        values.set(name, { kind: "audio", audio });
      }
    }
  }
  return values;
}

/**
 * Reads the JSON of a value.
 *
 * @param place of the value, such as `input NAME`
 * @throws {PipelineError} BAD_INPUT for text that is not JSON, is nested deeply, or has numbers out of range
 */
export function readJson(place: string, text: string): Json {
  const { nesting, outOfRange } = scanJson(text);
  if (nesting > MAX_JSON_NESTING) {
    throw new PipelineError(
      "BAD_INPUT",
      `The JSON of the ${place} is nested over ${MAX_JSON_NESTING} deep`,
    );
  }
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new PipelineError("BAD_INPUT", `The ${place} is not JSON: ${message}`, { cause });
  }
  if (outOfRange === undefined) return json;
  const before = text.slice(0, outOfRange).split("\n");
  const [line, column] = [before.length, before.at(-1)!.length + 1];
  throw new PipelineError(
    "BAD_INPUT",
    `The JSON of the ${place} has a number out of the range of 64-bit floating point at line ${line}, column ${column}`,
  );
}

/** The facts about a text of JSON that `JSON.parse()` does not check. */
interface JsonFacts {
  /** The lists and objects that are open at once. */
  readonly nesting: number;
  /** The offset of the first number that is too large for 64 bits: it would be parsed as Infinity, and written as null. */
  readonly outOfRange: number | undefined;
}

function scanJson(text: string): JsonFacts {
  let [open, nesting] = [0, 0];
  let inString = false;
  let outOfRange: number | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") nesting = Math.max(nesting, ++open);
    else if (character === "]" || character === "}") open--;
    else if (character >= "0" && character <= "9") {
      const begin = i;
      while (NUMBER.has(text[i + 1]!)) i++;
      if (
        i - begin >= SHORTEST_OUT_OF_RANGE && !Number.isFinite(Number(text.slice(begin, i + 1)))
      ) {
        outOfRange ??= begin;
      }
    }
  }
  return { nesting, outOfRange };
}

/** The characters of a number. */
const NUMBER: ReadonlySet<string> = new Set("0123456789.eE+-");

/** 1e309 has so many characters after its first. */
const SHORTEST_OUT_OF_RANGE = 4;

/**
 * Makes the form of values that is sent to a caller. Yields before each JSON, whose text can take milliseconds to write.
 *
 * @throws {PipelineError} LIMIT when they are too large together
 */
export function* sendValues(
  values: ReadonlyMap<string, Value>,
): Generator<void, [string, SentValue][]> {
  let bytes = 0;
  const entries: [string, SentValue][] = [];
  for (const [name, value] of values) {
    if (value.kind === "json") yield;
    const sent = sentValue(value);
    bytes += sent.kind === "json" ? sent.text.length : sent.bytes.length;
    if (bytes > MAX_OUTPUT_BYTES) {
      throw new PipelineError(
        "LIMIT",
        `The outputs have over ${MAX_OUTPUT_BYTES} bytes together, with that of node ${name}`,
        { node: name },
      );
    }
    entries.push([name, sent]);
  }
  return entries;
}

function sentValue(value: Value): SentValue {
  switch (value.kind) {
    case "json":
      return { kind: "json", text: JSON.stringify(value.json) };
    case "bytes":
      return value;
    case "audio": {
      const { samples, sampleRate, channels } = value.audio;
      const format = formatOf(samples);
      return { kind: "audio", bytes: bytesOf(samples), format, sampleRate, channels };
    }
  }
}

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

/** Outputs of `call pipeline`. @module */
import type { NamedValue } from "../../api/mod.ts";
import { PipelineError, readJson } from "../../pipeline/mod.ts";
import { printBytes } from "../client/mod.ts";
import { CliError, ExitCode } from "../exit.ts";

/** Returns the content of a file with an output: bytes, JSON, or samples. */
export function contentOf(output: NamedValue): string | Uint8Array {
  if (output.value === "json") return output.json;
  if (output.value === "data") return output.data;
  return output.value === "audio" ? output.audio.samples : "";
}

/** Describes an output in a line. */
export function textOf(output: NamedValue): string {
  switch (output.value) {
    case "json":
      return output.json;
    case "data":
      return output.data.length <= MAX_SHOWN
        ? printBytes(output.data)
        : `${output.data.length} bytes`;
    case "audio":
      return `${output.audio.samples.length} bytes of ${output.audio.format}, ${output.audio.channels} channels, ${output.audio.sampleRate} Hz`;
    default:
      return "";
  }
}

/** Bytes of an output that are printed as base64: those of a digest or a signature. */
const MAX_SHOWN = 512;

/** Converts an output to JSON. @throws {CliError} for an output in JSON that is none */
export function jsonOf(output: NamedValue): object {
  const { name } = output;
  if (output.value === "json") return { name, json: parsed(output.json, name) };
  if (output.value === "data") return { name, data: printBytes(output.data) };
  if (output.value !== "audio") return { name };
  return { name, audio: { ...output.audio, samples: printBytes(output.audio.samples) } };
}

/** Parses an output, which the server may have made up. */
function parsed(json: string, name: string): unknown {
  try {
    return readJson(`output ${name}`, json);
  } catch (cause) {
    if (!(cause instanceof PipelineError)) throw cause;
    throw new CliError(ExitCode.failed, `The server gives a wrong value: ${cause.message}`, {
      cause,
    });
  }
}

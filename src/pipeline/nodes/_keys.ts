/** Parameters of the nodes that use keys. @module */
import { algorithms, keyTypes } from "../../crypto/algorithms/mod.ts";
import { PipelineError } from "../errors.ts";
import type { ParameterValues } from "../parameters.ts";
import type { SigningTask } from "../signer.ts";
import type { Value } from "../values.ts";

/** The longest id that a key may have. */
const MAX_KEY_ID = 128;
/** The highest number of a version. */
const MAX_KEY_VERSION = 2 ** 31 - 1;
/** Bytes of a message: hashed within about 1 ms on the thread of other signatures. */
const MAX_MESSAGE = 1_048_576;

/** The parameters: a key, and how it signs. */
export const keyParameters = {
  key: { kind: "text", maxLength: MAX_KEY_ID, optional: true, description: "The id of a key" },
  key_type: {
    kind: "choice",
    choices: keyTypes.map(({ name }) => name),
    optional: true,
    description: "The server's default key of this type",
  },
  key_version: {
    kind: "number",
    min: 1,
    max: MAX_KEY_VERSION,
    integer: true,
    optional: true,
    description: "The version of the key: to sign, it has to be the one that signs now",
  },
  algorithm: {
    kind: "choice",
    choices: algorithms.map(({ name }) => name),
    optional: true,
    description: "The signing algorithm; without it the key's default",
  },
  input: {
    kind: "choice",
    choices: ["message", "digest"],
    default: "message",
    description: "The input is the message, or its digest by the algorithm's hash function",
  },
  format: {
    kind: "choice",
    choices: ["der", "p1363"],
    default: "der",
    description: "The layout of ECDSA signatures",
  },
} as const;

type KeyValues = ParameterValues<typeof keyParameters>;

/** Returns the fault of parameters that name no key, or two. */
export function checkKey({ key, key_type }: KeyValues): string | undefined {
  if (key === undefined && key_type === undefined) return "It needs the parameter key, or key_type";
  if (key !== undefined && key_type !== undefined) {
    return "It has key and key_type: give one of them";
  }
}

/** Makes the task for an input. @throws {PipelineError} BAD_INPUT for a message that is too long */
export function taskOf(parameters: KeyValues, value: Value | undefined): SigningTask {
  const { key, key_type, key_version = 0, algorithm, input, format } = parameters;
  const bytes = bytesOf(value);
  if (bytes.length > MAX_MESSAGE) {
    throw new PipelineError(
      "BAD_INPUT",
      `The message has ${bytes.length} bytes: over ${MAX_MESSAGE}, sign its digest`,
    );
  }
  return {
    key: key === undefined ? { type: String(key_type) } : { id: key },
    version: key_version,
    algorithm: algorithm === undefined ? undefined : String(algorithm),
    input: input as SigningTask["input"],
    format: format as SigningTask["format"],
    bytes,
  };
}

/** Returns the bytes of an input that accepts only bytes. */
export function bytesOf(value: Value | undefined): Uint8Array {
  if (value?.kind !== "bytes") throw new TypeError("The input is no bytes");
  return value.bytes;
}

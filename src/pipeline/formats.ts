/** The formats of samples. @module */

/** The formats, each with its array and its full scale. */
export const formats = {
  F32: { array: Float32Array, scale: 1 },
  I16: { array: Int16Array, scale: 32_768 },
  I32: { array: Int32Array, scale: 2_147_483_648 },
} as const;

/** The name of a format. */
export type FormatName = keyof typeof formats;

/** Interleaved samples. Floating point has the range -1 to 1; integers have their full range. */
export type Samples = Float32Array | Int16Array | Int32Array;

/** Returns the name of the format of samples. */
export function formatOf(samples: Samples): FormatName {
  if (samples instanceof Float32Array) return "F32";
  return samples instanceof Int16Array ? "I16" : "I32";
}

/**
 * Returns the samples in bytes, which are little-endian like the machine's: a view where their address is a multiple of
 * a sample's size, and else a copy. The bytes are a whole number of samples.
 */
export function samplesIn(bytes: Uint8Array, format: FormatName): Samples {
  const { array } = formats[format];
  const width = array.BYTES_PER_ELEMENT;
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0
    ? bytes
    : new Uint8Array(bytes);
  return new array(buffer as ArrayBuffer, byteOffset, length / width);
}

/** Returns the bytes of samples. */
export function bytesOf({ buffer, byteOffset, byteLength }: Samples): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes of memory of an object or an array without its fields (V8, 64 bits), rounded up. */
const OBJECT_BYTES = 64;
/** Bytes of a field or an element. */
const FIELD_BYTES = 8;
/** Bytes of a view without its buffer, which is counted elsewhere. */
const VIEW_BYTES = 128;

/** The depth of nested messages that are counted, above that of any decoder. */
const MAX_DEPTH = 128;

/**
 * Estimates the memory of a decoded message, without the bytes of which its `bytes` fields are views. A byte on the
 * wire can become two in a string, and an empty nested message of two bytes an object.
 */
export function decodedSize(value: unknown): number {
  return sizeOf(value, false, 0);
}

/** Estimates the memory of a message, with the bytes of its `bytes` fields. */
export function ownedSize(value: unknown): number {
  return sizeOf(value, true, 0);
}

function sizeOf(value: unknown, withBytes: boolean, depth: number): number {
  switch (typeof value) {
    case "string":
      return OBJECT_BYTES + 2 * value.length;
    case "object":
      break;
    default:
      return 0;
  }
  if (value === null || depth > MAX_DEPTH) return 0;
  if (ArrayBuffer.isView(value)) return VIEW_BYTES + (withBytes ? value.byteLength : 0);
  let size = OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) size += FIELD_BYTES + sizeOf(item, withBytes, depth + 1);
    return size;
  }
  for (const name in value) {
    size += FIELD_BYTES +
      sizeOf((value as Record<string, unknown>)[name], withBytes, depth + 1);
  }
  return size;
}

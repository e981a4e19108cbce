/** Status messages in the form of the field `grpc-message`. @module */

/** Text that `grpc-message` does not encode: printable ASCII except `%` (grpc's PROTOCOL-HTTP2.md). */
const plain = /^[\x20-\x24\x26-\x7e]*$/;
/** White space at an end, which is encoded because it is not part of a field's value (RFC 9110 section 5.5). */
const spacedEnds = /^ | $/;
const escape = /%[0-9A-Fa-f]{2}/;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Encodes a status message as the value of `grpc-message`: percent-encoded UTF-8. */
export function encodeStatusMessage(message: string): string {
  if (plain.test(message) && !spacedEnds.test(message)) return message;
  const bytes = encoder.encode(message);
  let encoded = "";
  bytes.forEach((byte, at) => {
    const end = at === 0 || at === bytes.length - 1;
    const itself = byte > 0x20 && byte < 0x7f && byte !== 0x25 || byte === 0x20 && !end;
    encoded += itself
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return encoded;
}

/**
 * Decodes a `grpc-message`. Never fails, as the specification requires: a `%` without two hexadecimal digits is
 * kept, and invalid UTF-8 becomes U+FFFD.
 */
export function decodeStatusMessage(value: string): string {
  if (!escape.test(value)) return value;
  const bytes: number[] = [];
  for (let at = 0; at < value.length; at++) {
    if (escape.test(value.slice(at, at + 3))) {
      bytes.push(Number.parseInt(value.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(value.charCodeAt(at) & 0xff);
    }
  }
  return decoder.decode(Uint8Array.from(bytes));
}

/** The kinds of header fields. @module */
import type { HeaderField } from "./hpack/mod.ts";

/** The kinds of fields in HTTP (RFC 9113 section 8); those below 32 are bits of a set of pseudo-headers. */
export const FieldKind = {
  UNKNOWN: 0,
  METHOD: 1,
  SCHEME: 2,
  AUTHORITY: 4,
  PATH: 8,
  STATUS: 16,
  REGULAR: 32,
  CONTENT_LENGTH: 33,
  HOST: 34,
  MALFORMED: 35,
} as const;

/** The pseudo-header fields that are defined (sections 8.3.1 and 8.3.2). */
const PSEUDO_HEADERS: ReadonlyMap<string, number> = new Map([
  [":method", FieldKind.METHOD],
  [":scheme", FieldKind.SCHEME],
  [":authority", FieldKind.AUTHORITY],
  [":path", FieldKind.PATH],
  [":status", FieldKind.STATUS],
]);

/** Fields about an HTTP/1.1 connection, which HTTP/2 forbids (section 8.2.2). */
const CONNECTION_SPECIFIC = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** A field name: a token of RFC 9110 section 5.1 without upper case (RFC 9113 section 8.2.1). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * A field value (section 8.2.1, RFC 9110 section 5.5): no control characters but tabs, and no white
 * space at its ends.
 */
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

const DIGITS = /^[0-9]{1,15}$/;

/** The kind of a field. It is computed once and kept in the field, which may be an entry of a table. */
export function kindOf(field: HeaderField): number {
  if (field.kind === FieldKind.UNKNOWN) field.kind = classify(field.name, field.value);
  return field.kind;
}

function classify(name: string, value: string): number {
  if (!VALUE.test(value)) return FieldKind.MALFORMED;
  if (name.startsWith(":")) return PSEUDO_HEADERS.get(name) ?? FieldKind.MALFORMED;
  if (!NAME.test(name) || CONNECTION_SPECIFIC.has(name)) return FieldKind.MALFORMED;
  switch (name) {
    case "te":
      // Section 8.2.2: only "trailers".
      return value.toLowerCase() === "trailers" ? FieldKind.REGULAR : FieldKind.MALFORMED;
    case "content-length":
      return DIGITS.test(value) ? FieldKind.CONTENT_LENGTH : FieldKind.MALFORMED;
    case "host":
      return FieldKind.HOST;
    default:
      return FieldKind.REGULAR;
  }
}

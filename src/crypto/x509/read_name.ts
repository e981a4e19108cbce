/** Distinguished names of certificates as text (RFC 4514). @module */
import { DerError, DerReader, Tag } from "../encoding/mod.ts";
import { attributes } from "./name.ts";

const SET = 0x31;

/** Names of attribute types by their object identifiers, besides the types that names are made of (RFC 4519). */
const names = new Map<string, string>([
  ...Object.entries(attributes).map(([name, oid]) => [oid, name] as const),
  ["550405", "serialNumber"],
  ["550409", "STREET"],
  ["0992268993f22c640101", "UID"],
  ["0992268993f22c640119", "DC"],
  ["2a864886f70d010901", "emailAddress"],
]);

/** Decoders of string types (RFC 5280 section 4.1.2.4); other values are written in hexadecimal. */
const decoders = new Map<number, TextDecoder>([
  [0x0c, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })],
  [0x13, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })],
  [0x14, new TextDecoder("iso-8859-1")],
  [0x16, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })],
  [0x1e, new TextDecoder("utf-16be", { fatal: true, ignoreBOM: true })],
]);

/**
 * Formats a Name in DER as `formatName()` does.
 *
 * @throws {DerError}
 */
export function formatDistinguishedName(der: Uint8Array): string {
  return formatName(new DerReader(der).enter(Tag.SEQUENCE));
}

/**
 * Formats a Name (RFC 5280 section 4.1.2.4) as RFC 4514 and OpenSSL do: the last part first, and characters that separate
 * parts escaped, so that no value looks like several parts.
 *
 * @param name the content of the Name
 * @throws {DerError}
 */
export function formatName(name: DerReader): string {
  const parts: string[] = [];
  while (!name.ended) {
    const set = name.enter(SET);
    const values: string[] = [];
    while (!set.ended) values.unshift(attribute(set.enter(Tag.SEQUENCE)));
    parts.unshift(values.join("+"));
  }
  return parts.join(",");
}

/** AttributeTypeAndValue (RFC 4514 section 2.3). */
function attribute(reader: DerReader): string {
  const oid = reader.read(Tag.OBJECT_IDENTIFIER).toHex();
  const tag = reader.peek();
  if (tag === undefined) throw new DerError("An attribute has no value");
  const value = reader.read(tag);
  const text = decoded(tag, value);
  const type = names.get(oid) ?? `OID.${oid}`;
  return `${type}=${text === undefined ? `#${value.toHex()}` : escaped(text)}`;
}

function decoded(tag: number, value: Uint8Array): string | undefined {
  try {
    return decoders.get(tag)?.decode(value);
  } catch {
    return undefined;
  }
}

/** RFC 4514 section 2.4; control characters are escaped as well. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\,+"<>;=]/g, "\\$&")
    .replace(/^[ #]/, "\\$&")
    .replace(/ $/, "\\ ")
    // deno-lint-ignore no-control-regex -- control characters are escaped here
    .replaceAll(/[\x00-\x1f\x7f]/g, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

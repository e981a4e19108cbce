/** Lists of fields that are sent many times, encoded once. @module */
import { HeaderField } from "./field.ts";
import { encodeHuffman, huffmanLength } from "./huffman.ts";
import { MAX_INTEGER_LENGTH, writeInteger } from "./integer.ts";
import { findStatic, staticNames } from "./static_table.ts";

/** Names of fields whose values are secrets. No encoder or intermediary may index them. */
const SENSITIVE = new Set(["authorization", "cookie", "proxy-authorization", "set-cookie"]);

/** The pattern of a literal with incremental indexing (RFC 7541 section 6.2.1). */
export const INCREMENTAL = 0x40;
/** The pattern of a literal without indexing (section 6.2.2). */
export const WITHOUT_INDEXING = 0x00;
/** The pattern of a literal that is never indexed (section 6.2.3). */
export const NEVER_INDEXED = 0x10;

/**
 * A list of fields that is sent many times: the headers of a response, the trailers of a successful call, the request
 * of one method. All connections share it; each encoder encodes it twice at most, and then copies the octets.
 */
export class PreparedHeaders {
  readonly fields: readonly HeaderField[];
  /** The size of the list (RFC 7541 section 4.1). */
  readonly listSize: number;
  /** The fields as literals, for a table that has no room for them. */
  readonly literals: readonly Uint8Array[];

  /** @param fields name, value, name, value, …; strings of one octet a char */
  constructor(fields: readonly string[]) {
    const list: HeaderField[] = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
      list.push(new HeaderField(fields[i], fields[i + 1], isSensitive(fields[i])));
    }
    this.fields = list;
    this.listSize = list.reduce((sum, { size }) => sum + size, 0);
    this.literals = list.map((field) =>
      encodeLiteral(field, field.sensitive ? NEVER_INDEXED : WITHOUT_INDEXING)
    );
  }
}

/** True for the name of a field whose value is a secret. */
export function isSensitive(name: string): boolean {
  return SENSITIVE.has(name);
}

/** Encodes one field in the shortest form that does not use the dynamic table. */
export function encodeLiteral(field: HeaderField, pattern: number): Uint8Array {
  const { name, value } = field;
  const bytes = new Uint8Array(3 * MAX_INTEGER_LENGTH + name.length + value.length);
  const exact = pattern === WITHOUT_INDEXING ? findStatic(name, value) : 0;
  if (exact > 0) return bytes.slice(0, writeInteger(exact, 0x80, 0x7f, bytes, 0));
  const index = staticNames.get(name) ?? 0;
  const mask = pattern === INCREMENTAL ? 0x3f : 0x0f;
  let at = writeInteger(index, pattern, mask, bytes, 0);
  if (index === 0) at = writeShortest(name, bytes, at);
  return bytes.slice(0, writeShortest(value, bytes, at));
}

/** Writes a string (RFC 7541 section 5.2), in Huffman code where that is shorter. */
function writeShortest(text: string, bytes: Uint8Array, at: number): number {
  const coded = huffmanLength(text);
  if (coded < text.length) {
    return encodeHuffman(text, bytes, writeInteger(coded, 0x80, 0x7f, bytes, at));
  }
  at = writeInteger(text.length, 0, 0x7f, bytes, at);
  for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
  return at;
}

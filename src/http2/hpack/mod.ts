/**
 * HPACK, the header compression of HTTP/2 (RFC 7541): decoding and encoding of header blocks.
 *
 * @module
 */
export { HpackDecoder } from "./decoder.ts";
export { DEFAULT_TABLE_SIZE } from "./dynamic_table.ts";
export { HpackEncoder } from "./encoder.ts";
export { FIELD_OVERHEAD, HeaderField } from "./field.ts";
export { decodeHuffman, encodeHuffman, huffmanLength } from "./huffman.ts";
export { IntegerReader, MAX_INTEGER_LENGTH, writeInteger } from "./integer.ts";
export { PreparedHeaders } from "./prepared_headers.ts";

/** Octets that a field counts in tables and lists besides its name and value (RFC 7541 section 4.1). */
export const FIELD_OVERHEAD = 32;

/**
 * A header field. Names and values are strings with one octet a char (ISO 8859-1; gRPC sends ASCII only). Fields are
 * shared: a table entry is the same object each time it is decoded.
 */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  /** True for a field that no intermediary may add to a table (RFC 7541 section 6.2.3). */
  readonly sensitive: boolean;
  /** The kind that the layer above has computed (`kindOf()`), 0 before that. */
  kind = 0;

  constructor(name: string, value: string, sensitive = false) {
    this.name = name;
    this.value = value;
    this.sensitive = sensitive;
  }

  /** The size in tables and lists (RFC 7541 section 4.1). */
  get size(): number {
    return this.name.length + this.value.length + FIELD_OVERHEAD;
  }
}

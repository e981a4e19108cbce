/** What a field costs in a table or a list besides its octets (RFC 7541 section 4.1). */
export const FIELD_OVERHEAD = 32;

/**
 * A header field. Names and values are strings of octets, one a char (so ISO 8859-1, which for all that
 * gRPC sends is ASCII). Fields are shared: a table entry is the same object each time it is decoded.
 */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  /** Never to be put in a table by whoever passes it on (RFC 7541 section 6.2.3). */
  readonly sensitive: boolean;
  /** For the layer above: what it makes of the field, 0 as long as it has not looked. */
  kind = 0;

  constructor(name: string, value: string, sensitive = false) {
    this.name = name;
    this.value = value;
    this.sensitive = sensitive;
  }

  /** The size that tables and lists count (RFC 7541 section 4.1). */
  get size(): number {
    return this.name.length + this.value.length + FIELD_OVERHEAD;
  }
}

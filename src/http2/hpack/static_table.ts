/** The static table of HPACK (RFC 7541 Appendix A). @module */
import { HeaderField } from "./field.ts";

/** RFC 7541 Appendix A, by index; index 0 is not used. */
export const staticTable: readonly HeaderField[] = [
  ["", ""],
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""],
].map(([name, value]) => new HeaderField(name, value));

/** The index of the first entry with a name, for literals with an indexed name. */
export const staticNames: ReadonlyMap<string, number> = new Map(
  staticTable.map(({ name }, index): [string, number] => [name, index]).slice(1).reverse(),
);

/** The index of an entry with a name and a value, or 0. */
export function findStatic(name: string, value: string): number {
  const first = staticNames.get(name);
  if (first === undefined) return 0;
  // Entries of one name stand together.
  for (let index = first; index < staticTable.length; index++) {
    const field = staticTable[index];
    if (field.name !== name) return 0;
    if (field.value === value) return index;
  }
  return 0;
}

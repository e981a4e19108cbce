/** Known differences between protobufjs and our codecs. @module */
import protobuf from "protobufjs";

/**
 * Known deviations of protobufjs from protobuf's encoding guide, which our codecs follow:
 *
 * - `wire type`: it reads a known field with a wrong wire type as if it had the right one;
 * - `oneof`: it keeps every received member of a oneof, not only the last one;
 * - `merge`: it keeps the last of two values of a message field, and does not merge them;
 * - `map entry`: it fails on an entry without a value;
 * - `long varint`: it reads only the low half of a bool, and reads any varint of over five bytes as ten.
 */
export type Difference = "wire type" | "oneof" | "merge" | "map entry" | "long varint";

/** Returns the known differences in decoding a message, which our codec accepts. */
export function differences(type: protobuf.Type, bytes: Uint8Array): Set<Difference> {
  const found = new Set<Difference>();
  walk(bytes, fieldsOf(type), found);
  return found;
}

type Fields = ReadonlyMap<number, protobuf.Field>;

function fieldsOf(type: protobuf.Type): Fields {
  return new Map(type.fieldsArray.map((field) => [field.id, field.resolve()]));
}

/** Returns the fields of a map's entry, which is a message on the wire. */
function entryFields(map: protobuf.Field): Fields {
  const value = new protobuf.Field("value", 2, map.type);
  value.resolvedType = map.resolvedType;
  value.resolved = true;
  return new Map([[1, new protobuf.Field("key", 1, "string").resolve()], [2, value]]);
}

/** Returns the fields that are present, by their names or the names of their oneofs. */
function walk(
  bytes: Uint8Array,
  fields: Fields,
  found: Set<Difference>,
): ReadonlyMap<string, number> {
  let at = 0;
  /** Reads a varint, and returns its length. */
  const varint = () => {
    const start = at;
    let value = 0n;
    do value |= BigInt(bytes[at] & 0x7f) << BigInt(7 * (at - start)); while (bytes[at++] & 0x80);
    return { value, length: at - start };
  };
  const seen = new Map<string, number>();
  let depth = 0;
  while (at < bytes.length) {
    const tag = Number(varint().value);
    const wireType = tag & 7;
    const field = depth === 0 ? fields.get(tag >>> 3) : undefined;
    if (wireType === 3) depth++;
    if (wireType === 4) depth--;
    if (field && !wireTypes(field).includes(wireType)) found.add("wire type");
    const start = at;
    if (wireType === 0) {
      const { value, length } = varint();
      if (field && length > 5 && length < 10) found.add("long varint");
      if (field?.type === "bool" && value > 0xffff_ffffn) found.add("long varint");
    } else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = Number(varint().value);
      const content = bytes.subarray(at, at += length);
      if (field?.map) {
        if (!walk(content, entryFields(field), found).has("value")) found.add("map entry");
      } else if (field?.resolvedType instanceof protobuf.Type) {
        walk(content, fieldsOf(field.resolvedType), found);
      } else if (field?.resolvedType instanceof protobuf.Enum) {
        for (let i = 0, run = 0; i < content.length; i++) {
          run = content[i] & 0x80 ? run + 1 : 0;
          if (run > 4) found.add("long varint");
        }
      }
    }
    if (at <= start && wireType !== 3 && wireType !== 4) {
      throw new Error("The walk goes on no more");
    }
    if (!field || field.repeated || field.map) continue;
    const place = field.partOf?.name ?? field.name;
    const before = seen.get(place);
    if (before !== undefined && before !== field.id) found.add("oneof");
    if (before !== undefined && field.resolvedType instanceof protobuf.Type) found.add("merge");
    seen.set(place, field.id);
  }
  return seen;
}

function wireTypes(field: protobuf.Field): number[] {
  if (field.resolvedType instanceof protobuf.Enum) return field.repeated ? [0, 2] : [0];
  if (field.map || field.resolvedType) return [2];
  return ["string", "bytes"].includes(field.type) ? [2] : [0];
}

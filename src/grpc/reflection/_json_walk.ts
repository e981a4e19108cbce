/**
 * A walk over the JSON of a message along its descriptor. `@bufbuild/protobuf` converts JSON in both directions;
 * the walk corrects the few values for which it deviates from the ProtoJSON guide.
 *
 * @module
 */
import {
  type DescExtension,
  type DescField,
  type DescMessage,
  type Registry,
  type ScalarType,
} from "@bufbuild/protobuf";
import { isObject } from "../../json/mod.ts";

/** A value of JSON. An integer beyond 2^53 is a bigint until its field is known. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Steps to a value, such as `requests`, 2, `keyId`. */
export type Path = readonly (string | number)[];

/** Replacements of the values in a message's JSON: each function returns the new value. */
export interface Visitor {
  /** A scalar of a field, of an item or of the value of a map. */
  scalar(type: ScalarType, json: Json, path: Path): Json;
  /** A number inside a `google.protobuf.Value`. */
  structNumber(json: Json): Json;
  /** A `google.protobuf.Timestamp`. */
  timestamp(json: Json, path: Path): Json;
  /** A key that names no field; it may throw. */
  unknownField(type: DescMessage, key: string, path: Path): void;
}

type AnyField = DescField | DescExtension;

/** Returns a copy of a message's JSON in which `visitor` has replaced values. */
export function walk(
  registry: Registry,
  type: DescMessage,
  json: Json,
  visitor: Visitor,
  path: Path = [],
): Json {
  if (json === null) return json;
  switch (type.typeName) {
    case "google.protobuf.Timestamp":
      return visitor.timestamp(json, path);
    case "google.protobuf.Duration":
    case "google.protobuf.FieldMask":
      return json;
    case "google.protobuf.Struct":
    case "google.protobuf.Value":
    case "google.protobuf.ListValue":
      return walkStruct(json, visitor);
    case "google.protobuf.Any":
      return walkAny(registry, json, visitor, path);
  }
  if (isWrapper(type)) return visitor.scalar(type.fields[0]!.scalar!, json, path);
  if (!isObject(json)) return json;
  return copy(json, (key, value) => {
    const field = fieldOf(registry, type, key);
    if (field) return walkField(registry, field, value, visitor, [...path, key]);
    visitor.unknownField(type, key, [...path, key]);
    return value;
  });
}

function walkField(
  registry: Registry,
  field: AnyField,
  json: Json,
  visitor: Visitor,
  path: Path,
): Json {
  const walkOne = (value: Json, at: Path) =>
    field.message
      ? walk(registry, field.message, value, visitor, at)
      : field.scalar !== undefined && value !== null
      ? visitor.scalar(field.scalar, value, at)
      : value;
  switch (field.fieldKind) {
    case "list":
      return Array.isArray(json)
        ? json.map((value, index) => walkOne(value, [...path, index]))
        : json;
    case "map":
      return isObject(json) ? copy(json, (key, value) => walkOne(value, [...path, key])) : json;
    default:
      return walkOne(json, path);
  }
}

function walkAny(registry: Registry, json: Json, visitor: Visitor, path: Path): Json {
  if (!isObject(json)) return json;
  const url = Object.hasOwn(json, "@type") ? json["@type"] : undefined;
  const type = typeof url === "string"
    ? registry.getMessage(url.slice(url.lastIndexOf("/") + 1))
    : undefined;
  if (!type) return json;
  if (hasOwnForm(type)) {
    return copy(
      json,
      (key, value) =>
        key === "value" ? walk(registry, type, value, visitor, [...path, key]) : value,
    );
  }
  const { ["@type"]: _, ...fields } = json;
  const walked = walk(registry, type, fields, visitor, path) as JsonObject;
  return { "@type": url as string, ...walked };
}

function walkStruct(json: Json, visitor: Visitor): Json {
  if (Array.isArray(json)) return json.map((value) => walkStruct(value, visitor));
  if (isObject(json)) return copy(json, (_, value) => walkStruct(value, visitor));
  return typeof json === "number" || typeof json === "bigint" ? visitor.structNumber(json) : json;
}

/** Returns the field of a key: its JSON name, its proto name, or `[a.v1.extension]`. */
function fieldOf(registry: Registry, type: DescMessage, key: string): AnyField | undefined {
  const extension = /^\[(.+)\]$/.exec(key)?.[1];
  if (extension !== undefined) {
    const found = registry.getExtension(extension);
    return found?.extendee.typeName === type.typeName ? found : undefined;
  }
  return type.fields.find(({ name, jsonName }) => jsonName === key || name === key);
}

/** Returns true for messages that an Any holds under the key `value`: their JSON is not an object of fields. */
function hasOwnForm(type: DescMessage): boolean {
  return isWrapper(type) ||
    /^google\.protobuf\.(Any|Timestamp|Duration|FieldMask|Struct|Value|ListValue)$/
      .test(type.typeName);
}

function isWrapper({ typeName, fields }: DescMessage): boolean {
  return /^google\.protobuf\.(Double|Float|U?Int(32|64)|Bool|String|Bytes)Value$/.test(typeName) &&
    fields[0]?.fieldKind === "scalar";
}

function copy(json: JsonObject, change: (key: string, value: Json) => Json): JsonObject {
  // `Object.fromEntries()` makes own properties of all keys, even `__proto__`.
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, change(key, value)]),
  );
}

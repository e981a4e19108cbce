/**
 * The JSON form of messages (protobuf's ProtoJSON guide). `@bufbuild/protobuf` converts. This file corrects its
 * results: 64-bit integers beyond 2^53, dates that do not exist, the shortest digits of a float, and the sign of
 * zero.
 *
 * @module
 */
import {
  createFileRegistry,
  type DescMessage,
  fromJson,
  fromJsonString,
  type JsonValue,
  type Message,
  type Registry,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import {
  EmptySchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { type Json, type Path, type Visitor, walk } from "./_json_walk.ts";
import { ReflectionError } from "./errors.ts";

/**
 * Parses the JSON of a message: fields by their proto or JSON name, bytes in base64, enums by name or number.
 *
 * @param registry the types of `google.protobuf.Any` and of extensions
 * @throws {ReflectionError} `BAD_JSON`
 */
export function messageFromJson(registry: Registry, type: DescMessage, json: string): Message {
  try {
    const exact = walk(registry, type, JSON.parse(json, keepInteger) as Json, inputVisitor);
    const message = fromJson(type, exact as JsonValue, { registry });
    // Refuses duplicate keys, of which `JSON.parse()` keeps the last.
    fromJsonString(EmptySchema, json, { ignoreUnknownFields: true });
    return message;
  } catch (cause) {
    if (cause instanceof ReflectionError) throw cause;
    const { message } = cause as Error;
    throw new ReflectionError("BAD_JSON", unknownValue(registry, message) ?? shortened(message), {
      cause,
    });
  }
}

/** Explains the error of a value that an enum does not have by listing its values; undefined for any other error. */
function unknownValue(registry: Registry, message: string): string | undefined {
  const [, name, value] = /^cannot decode enum (\S+) from JSON: (".*")$/.exec(message) ?? [];
  const known = registry.getEnum(name ?? "")?.values.map((each) => each.name).join(", ");
  return known && `${value} is no value of ${name}: its values are ${known}`;
}

function shortened(message: string): string {
  return message
    .replace(/^cannot decode (field |message google\.protobuf\.Empty from JSON: )?/, "")
    .replace(" from JSON: ", ": ")
    .replace("expected Uint8Array, got", "expected bytes in base64, got");
}

/**
 * Prints the set fields of a message as JSON, indented by two spaces. The content of an `Any` of unknown type is
 * replaced by `@error`.
 *
 * @throws {ReflectionError} `BAD_MESSAGE` for a message without a JSON form, such as a duration out of range
 */
export function messageToJson(registry: Registry, type: DescMessage, message: Message): string {
  const unknown = new Set<string>();
  try {
    const json = toJson(type, message, { registry: withUnknownTypes(registry, unknown) });
    const exact = walk(registry, type, json as Json, outputVisitor);
    return JSON.stringify(exact, unknown.size > 0 ? markUnknown(unknown) : undefined, 2);
  } catch (cause) {
    throw new ReflectionError("BAD_MESSAGE", (cause as Error).message, { cause });
  }
}

/** A reviver of `JSON.parse()` that keeps every digit of an integer. */
function keepInteger(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && /^-?\d+$/.test(source) &&
      !Number.isSafeInteger(value)
    ? BigInt(source)
    : value;
}

const integers64: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.SINT64,
  ScalarType.SFIXED64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
]);

const inputVisitor: Visitor = {
  scalar(type, json, path) {
    if (typeof json === "bigint") return integers64.has(type) ? String(json) : Number(json);
    if (typeof json === "string" && type === ScalarType.STRING && !json.isWellFormed()) {
      throw new ReflectionError("BAD_JSON", `${pathText(path)} is not Unicode text`);
    }
    if (type !== ScalarType.FLOAT || typeof json !== "number") return json;
    // A value beyond the range of a float is not changed, so that the library refuses it.
    const float = Math.fround(json);
    return Number.isFinite(float) ? float : json;
  },
  structNumber: Number,
  timestamp(json, path) {
    if (typeof json === "string" && !isOnCalendar(json)) {
      throw new ReflectionError("BAD_JSON", `${pathText(path)} is not a time that exists: ${json}`);
    }
    return json;
  },
  unknownField(type, key, path) {
    const known = type.fields.map(({ jsonName }) => jsonName).join(", ") || "none";
    if (key.startsWith("[") || key === "@type") return;
    throw new ReflectionError(
      "BAD_JSON",
      `${pathText(path)} is no field of ${type.typeName}: its fields are ${known}`,
    );
  },
};

const outputVisitor: Visitor = {
  scalar(type, json) {
    if (typeof json !== "number") return json;
    if (type === ScalarType.FLOAT) return signedZero(shortestFloat(json));
    return type === ScalarType.DOUBLE ? signedZero(json) : json;
  },
  structNumber: (json) => signedZero(json as number),
  timestamp: (json) => json,
  unknownField: () => {},
};

/**
 * Returns true if the date and the hour of an RFC 3339 time exist: `Date.parse()` reads 30 February as 1 March,
 * and 24:00 as the next day.
 */
function isOnCalendar(time: string): boolean {
  const [, year, month, day, hour] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d)/.exec(time) ?? [];
  if (year === undefined) return true;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return exists && Number(hour) < 24;
}

/** Returns the number with the fewest digits, from 6, that is the same 32-bit float. 9 digits always suffice. */
function shortestFloat(value: number): number {
  if (value === 0) return value;
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
}

/** Keeps the sign of -0, which `JSON.stringify()` writes as 0. */
function signedZero(value: number): Json {
  return Object.is(value, -0) ? (JSON as unknown as RawJson).rawJSON("-0") : value;
}

/** `JSON.rawJSON()` of ECMAScript 2026, which TypeScript does not declare yet. */
interface RawJson {
  rawJSON(text: string): Json;
}

/** Returns a registry in which missing types are empty messages, so that an Any of such a type can be printed. */
function withUnknownTypes(registry: Registry, unknown: Set<string>): Registry {
  return {
    ...registry,
    getMessage(typeName) {
      const known = registry.getMessage(typeName);
      if (known) return known;
      unknown.add(typeName);
      return emptyMessage(typeName);
    },
    [Symbol.iterator]: () => registry[Symbol.iterator](),
  };
}

function emptyMessage(typeName: string): DescMessage | undefined {
  const dot = typeName.lastIndexOf(".");
  const file = fromJson(FileDescriptorProtoSchema, {
    name: "unknown.proto",
    syntax: "proto3",
    package: typeName.slice(0, Math.max(0, dot)),
    messageType: [{ name: typeName.slice(dot + 1) }],
  });
  const set = fromJson(FileDescriptorSetSchema, {});
  set.file.push(file);
  return createFileRegistry(set).getMessage(typeName);
}

/** Returns a replacer for `JSON.stringify()` that explains a missing content of an Any. */
function markUnknown(unknown: ReadonlySet<string>) {
  return (_key: string, value: unknown): unknown => {
    const url = (value as { "@type"?: unknown } | null)?.["@type"];
    if (typeof url !== "string" || !unknown.has(url.slice(url.lastIndexOf("/") + 1))) return value;
    return { "@type": url, "@error": "The type is not known, so its content cannot be shown" };
  };
}

function pathText(path: Path): string {
  const words = path.map((step) => typeof step === "number" ? `[${step}]` : `.${step}`).join("");
  return words.replace(/^\./, "") || "The request";
}

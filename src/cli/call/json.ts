import { usageError } from "../exit.ts";
import type { EnumType, Field, MessageType } from "./descriptors.ts";
import { JsonValueError, printBytes, scalarOf } from "./json_scalars.ts";
import type { Schema } from "./schema.ts";
import { refuseUnsupported, wellKnownForm } from "./well_known.ts";

/** protobuf's own limit on messages inside messages: deeper ones no server reads. */
const maxDepth = 100;

type Fields = Record<string, unknown>;

/**
 * A message from its JSON (protobuf's ProtoJSON guide): field names as in the `.proto` file or in lower
 * camel case, bytes in base64, enums by name or number, 64-bit integers as strings; null is unset.
 *
 * @throws {CliError} that names the path of the first value that does not fit
 */
export function messageFromJson(schema: Schema, type: string, json: unknown): Fields {
  try {
    return parseMessage(schema, schema.message(type), json, []);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw usageError(
      `${error.path || "The request"} ${error.message}`,
      `Look it up with: signer call describe ${type}`,
    );
  }
}

/** The JSON of a message: fields that are set, in the order of their declaration. */
export function messageToJson(schema: Schema, type: string, message: Fields): unknown {
  return printMessage(schema, schema.message(type), message);
}

/** What does not fit, and where: `requests[2].keyId`. */
class PathError extends Error {
  constructor(readonly path: string, message: string) {
    super(message);
  }
}

type Path = readonly (string | number)[];

function fail(path: Path, message: string): never {
  const words = path.map((step) => typeof step === "number" ? `[${step}]` : `.${step}`).join("");
  throw new PathError(words.replace(/^\./, ""), message);
}

/** Runs a parser that knows nothing of paths. */
function at<T>(path: Path, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof JsonValueError) fail(path, error.message);
    throw error;
  }
}

function parseMessage(schema: Schema, type: MessageType, json: unknown, path: Path): Fields {
  if (path.length > maxDepth) fail(path, `is over ${maxDepth} levels deep`);
  const form = wellKnownForm(type.name);
  if (form) return at(path, () => form.parse(json));
  at(path, () => refuseUnsupported(type.name));
  const message: Fields = {};
  const oneofs = new Map<string, string>();
  for (const [key, value] of Object.entries(objectOf(json, path))) {
    const field = type.fields.find(({ name, jsonName }) => name === key || jsonName === key);
    if (!field) {
      const known = type.fields.map(({ jsonName }) => jsonName).join(", ") || "none";
      fail([...path, key], `is no field of ${type.name}: its fields are ${known}`);
    }
    if (value === null) continue;
    if (Object.hasOwn(message, field.name)) fail([...path, key], "is given twice");
    const other = field.oneof && oneofs.get(field.oneof);
    if (other) {
      fail([...path, key], `cannot be given with ${other}: they are one of ${field.oneof}`);
    }
    if (field.oneof) oneofs.set(field.oneof, key);
    message[field.name] = parseField(schema, field, value, [...path, key]);
  }
  return message;
}

function parseField(schema: Schema, field: Field, json: unknown, path: Path): unknown {
  const type = schema.typeOf(field);
  if (!field.repeated) return parseValue(schema, field, type, json, path);
  if (type?.kind === "message" && type.mapEntry) return parseMap(schema, type, json, path);
  if (!Array.isArray(json)) fail(path, "must be an array");
  return json.map((item, index) => parseValue(schema, field, type, item, [...path, index]));
}

function parseMap(schema: Schema, entry: MessageType, json: unknown, path: Path): Fields[] {
  const [keyField, valueField] = entry.fields as [Field, Field];
  return Object.entries(objectOf(json, path)).map(([text, value]) => {
    const inside = [...path, text];
    const isBool = keyField.type === "TYPE_BOOL" && (text === "true" || text === "false");
    const key = at(inside, () => scalarOf(keyField.type).parse(isBool ? text === "true" : text));
    return { key, value: parseValue(schema, valueField, schema.typeOf(valueField), value, inside) };
  });
}

function parseValue(
  schema: Schema,
  field: Field,
  type: MessageType | EnumType | undefined,
  json: unknown,
  path: Path,
): unknown {
  if (type?.kind === "message") return parseMessage(schema, type, json, path);
  if (type?.kind === "enum") return parseEnum(type, json, path);
  return at(path, () => scalarOf(field.type).parse(json));
}

function parseEnum(type: EnumType, json: unknown, path: Path): number {
  const named = type.values.find(({ name }) => name === json)?.number;
  const number = named ?? json;
  if (Number.isInteger(number) && Math.abs(number as number) < 2 ** 31) return number as number;
  return fail(path, `must be one of ${type.values.map(({ name }) => name).join(", ")}`);
}

function objectOf(json: unknown, path: Path): Fields {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Fields;
  return fail(path, "must be an object");
}

function printMessage(schema: Schema, type: MessageType, message: Fields): unknown {
  const form = wellKnownForm(type.name);
  if (form) return form.print(message);
  const json: Fields = {};
  for (const field of type.fields) {
    if (!Object.hasOwn(message, field.name)) continue;
    define(json, field.jsonName, printField(schema, field, message[field.name]));
  }
  return json;
}

function printField(schema: Schema, field: Field, value: unknown): unknown {
  const type = schema.typeOf(field);
  if (!field.repeated) return printValue(schema, field, type, value);
  const items = value as Fields[];
  if (type?.kind !== "message" || !type.mapEntry) {
    return items.map((item) => printValue(schema, field, type, item));
  }
  const [keyField, valueField] = type.fields as [Field, Field];
  const json: Fields = {};
  for (const { key = printDefault(keyField), value = null } of items) {
    define(json, String(key), printValue(schema, valueField, schema.typeOf(valueField), value));
  }
  return json;
}

/** A key that is not on the wire is the default of its type. */
function printDefault({ type }: Field): unknown {
  return type === "TYPE_STRING" ? "" : type === "TYPE_BOOL" ? false : 0;
}

function printValue(
  schema: Schema,
  field: Field,
  type: MessageType | EnumType | undefined,
  value: unknown,
): unknown {
  if (value === null) return null;
  if (type?.kind === "message") return printMessage(schema, type, value as Fields);
  if (type?.kind === "enum") return value;
  return value instanceof Uint8Array ? printBytes(value) : scalarOf(field.type).print(value);
}

/** Sets a key that a peer chose, `__proto__` among them. */
function define(json: Fields, key: string, value: unknown): void {
  Object.defineProperty(json, key, { value, enumerable: true, configurable: true, writable: true });
}

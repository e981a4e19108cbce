/** Random messages. @module */
import protobuf from "protobufjs";
import type { Random } from "../http2/_random.ts";

/** Returns a message with some of its fields set to random or boundary values. */
export function randomMessage(type: protobuf.Type, random: Random): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  const given = new Set<string>();
  for (const field of type.fieldsArray) {
    if (random(3) === 0) continue;
    const oneof = field.partOf?.name;
    // At most one member of a oneof: protobufjs encodes all of several.
    if (oneof !== undefined && given.has(oneof)) continue;
    if (oneof !== undefined) given.add(oneof);
    message[field.name] = fieldValue(field, random);
  }
  return message;
}

function fieldValue(field: protobuf.Field, random: Random): unknown {
  const count = random(4) === 0 ? 0 : random(random(20) === 0 ? 200 : 5);
  const many = Array.from({ length: count }, () => value(field, random));
  if (field.map) return Object.fromEntries(many.map((one, i) => [i === 0 ? "" : `key ${i}`, one]));
  return field.repeated ? many : value(field, random);
}

function value(field: protobuf.Field, random: Random): unknown {
  const { resolvedType } = field.resolve();
  if (resolvedType instanceof protobuf.Type) return randomMessage(resolvedType, random);
  if (resolvedType instanceof protobuf.Enum) {
    const known = [...Object.keys(resolvedType.values), ...Object.values(resolvedType.values)];
    return random(5) === 0 ? number(random) : known[random(known.length)];
  }
  switch (field.type) {
    case "bool":
      return random(2) === 0;
    case "int32":
      return number(random);
    case "int64":
      return number(random) * (random(2) === 0 ? 1 : 2 ** 20);
    case "string":
      return text(random);
    case "bytes":
      return Buffer.from(Array.from({ length: size(random) }, () => random(256)));
    default:
      throw new TypeError(`No value is known for ${field.type}`);
  }
}

const numbers = [0, 1, -1, 127, 128, 16_383, 16_384, 2 ** 31 - 1, -(2 ** 31), 99];

function number(random: Random): number {
  return random(2) === 0 ? numbers[random(numbers.length)] : random(2 ** 31);
}

const letters = ["a", "Z", "0", " ", "\0", "ü", "€", "😀", "\ufeff", "\ufffd"];

function text(random: Random): string {
  const kinds = random(3) === 0 ? letters.length : 4;
  return Array.from({ length: size(random) }, () => letters[random(kinds)]).join("");
}

function size(random: Random): number {
  return random(8) === 0 ? random(400) : random(30);
}

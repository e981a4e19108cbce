import { ProtobufError } from "./errors.ts";

/**
 * A repeated field's values.
 *
 * @throws {ProtobufError} when they are not in an array
 */
export function listed<T>(values: readonly T[] | null | undefined): readonly T[] {
  if (values === undefined || values === null) return [];
  if (Array.isArray(values)) return values;
  throw new ProtobufError("INVALID_VALUE", "A repeated field must be given as an array");
}

/** Sets an entry of a map. A key like `__proto__` is a key like any other. */
export function setEntry<V>(map: Record<string, V>, key: string, value: V): void {
  Object.defineProperty(map, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

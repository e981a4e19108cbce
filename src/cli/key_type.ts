/** The kind of options with a key type as their value, in any case and spelling. @module */
import { badValue, type Kind } from "../config/mod.ts";
import { type KeyType, keyTypes, parseKeyType } from "../crypto/algorithms/mod.ts";

const names = keyTypes.map(({ name }) => name);

/** A type of keys. */
export const keyType: Kind<KeyType> = {
  argument: "<type>",
  parse(text) {
    const type = parseKeyType(text);
    if (type === undefined) throw badValue(`Use one of ${names.join(", ")}.`);
    return type;
  },
  format: (type) => type,
  choices: names,
  schema: { type: "string", enum: names },
};

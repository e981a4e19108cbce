/** The description of a key as a message. @module */
import type { KeyDescription } from "../crypto/mod.ts";
import type { KeyInfoInit } from "../api/mod.ts";
import { wireAlgorithm, wireKeyType } from "./wire_names.ts";

/** Converts the public description of a key into the message. */
export function keyInfo(key: KeyDescription): KeyInfoInit {
  return {
    keyId: key.id,
    keyType: wireKeyType(key.type),
    algorithms: key.algorithms.map(wireAlgorithm),
    defaultAlgorithm: wireAlgorithm(key.defaultAlgorithm),
    thumbprint: key.thumbprint,
    isDefault: key.isDefault,
  };
}

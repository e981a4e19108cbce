import type { KeyDescription } from "../crypto/mod.ts";
import type { KeyInfoInit } from "../api/mod.ts";
import { wireAlgorithm, wireKeyType } from "./wire_names.ts";

/** What may be known of a key, as the wire has it. */
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

/** The description of a key as a message. @module */
import type { KeyDescription } from "../crypto/mod.ts";
import type { KeyInfoInit, KeyVersionInit } from "../api/mod.ts";
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
    versions: key.versions.map(versionInfo),
  };
}

function versionInfo(
  { version, thumbprint, hasPrivateKey, period }: KeyDescription["versions"][number],
): KeyVersionInit {
  return {
    version,
    thumbprint,
    hasPrivateKey,
    notBefore: seconds(period.notBefore),
    signUntil: seconds(period.signUntil),
    verifyUntil: seconds(period.verifyUntil),
  };
}

/** Converts milliseconds to seconds, rounded up; 0 for an open end. */
function seconds(milliseconds: number | undefined): number {
  return milliseconds === undefined ? 0 : Math.ceil(milliseconds / 1_000);
}

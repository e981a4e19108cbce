/** The codecs of each family of keys. @module */
import type { Family } from "../../algorithms/mod.ts";
import type { FamilyCodec } from "./codec.ts";
import { ecCodec } from "./ec.ts";
import { ed25519Codec } from "./ed25519.ts";
import { rsaCodec } from "./rsa.ts";

export type { FamilyCodec, MemberLengths, Numbers, PrivateParts, PublicParts } from "./codec.ts";
export { readSec1 } from "./ec.ts";
export { multiPrime } from "./rsa.ts";

const codecs: { readonly [F in Family]: FamilyCodec<F> } = {
  rsa: rsaCodec,
  ec: ecCodec,
  ed25519: ed25519Codec,
};

/** Returns the codec of a family. Its arguments must be of that family. */
export function codecOf(family: Family): FamilyCodec<Family> {
  return codecs[family] as FamilyCodec<Family>;
}

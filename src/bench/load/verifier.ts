import { openProvider, type PublicKey } from "../../crypto/mod.ts";
import { signingDefinition } from "../../api/mod.ts";
import type { Verification } from "./plan.ts";
import { randomNumbers } from "./random.ts";

/** Checks the signatures in responses of `Sign`, or a share of them that is drawn at random. */
export interface Verifier extends Disposable {
  /**
   * Whether the response in the bytes from `start` to `end` has a signature of the request, or is not
   * one of those that are looked at.
   */
  accepts(bytes: Uint8Array, start: number, end: number): boolean;
}

/** A verifier with the public key; which responses it looks at depends on the seed alone. */
export function openVerifier(
  { share, spki, algorithm, format, message }: Verification,
  seed: number,
): Verifier {
  const { responseDeserialize } = signingDefinition.Sign;
  const key: PublicKey = openProvider("auto").provider.importPublicKey(spki);
  const random = randomNumbers(seed);
  return {
    accepts(bytes, start, end) {
      if (random() >= share) return true;
      try {
        const { signature } = responseDeserialize(Buffer.from(bytes.subarray(start, end)));
        return key.verify(algorithm, { message }, signature, format);
      } catch {
        // A response that cannot be read has no signature.
        return false;
      }
    },
    [Symbol.dispose]: () => key[Symbol.dispose](),
  };
}

import { openProvider, type PublicKey } from "../../crypto/mod.ts";
import { signingDefinition } from "../../api/mod.ts";
import type { Verification } from "./plan.ts";
import { randomNumbers } from "./random.ts";

/** Verifies the signatures in responses of `Sign`, or a random sample of them. */
export interface Verifier extends Disposable {
  /**
   * Returns true if the response in the bytes from `start` to `end` has a valid signature, or is not in the sample.
   */
  accepts(bytes: Uint8Array, start: number, end: number): boolean;
}

/** Opens a verifier. The seed determines the sample. */
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
        // A malformed response has no signature.
        return false;
      }
    },
    [Symbol.dispose]: () => key[Symbol.dispose](),
  };
}

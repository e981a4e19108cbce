/** Checks that both providers make before they sign and verify. @module */
import {
  type AlgorithmInfo,
  type AlgorithmName,
  algorithmsFor,
  findAlgorithm,
  type KeyType,
} from "./algorithms/mod.ts";
import { CryptoError } from "./errors.ts";
import type { PrivateKey, SharedKey, SigningInput } from "./provider.ts";

/**
 * Finds the table's row for an algorithm, and ensures that a key can be used with it.
 *
 * @param offered the algorithms that the provider has for the key
 * @throws {CryptoError} `ALGORITHM_MISMATCH`
 */
export function requireAlgorithm(
  name: AlgorithmName,
  type: KeyType,
  offered: readonly AlgorithmName[],
): AlgorithmInfo {
  const info = findAlgorithm(name);
  if (info !== undefined && offered.includes(name)) return info;
  const fits = algorithmsFor(type).some((fitting) => fitting.name === name);
  const why = fits ? "is not available in this crypto provider" : "does not fit";
  throw new CryptoError(
    "ALGORITHM_MISMATCH",
    `Algorithm ${name} ${why} for a key of type ${type}: use ${offered.join(" or ")}`,
  );
}

/**
 * Ensures that a digest has the length of the algorithm's hash.
 *
 * @throws {CryptoError} `BAD_DIGEST`
 */
export function checkInput({ name, digestBytes }: AlgorithmInfo, { digest }: SigningInput): void {
  if (digest === undefined || digest.length === digestBytes) return;
  const remedy = digestBytes === undefined
    ? "takes messages only: send the message"
    : `takes digests of ${digestBytes} bytes`;
  throw new CryptoError(
    "BAD_DIGEST",
    `Digest of ${digest.length} bytes refused: ${name} ${remedy}`,
  );
}

/** Makes the error for a key that a thread with another provider has shared. */
export function sharedElsewhere({ provider }: SharedKey): CryptoError {
  return new CryptoError(
    "PROVIDER_FAILED",
    `A key of the provider ${provider} was shared with a thread that uses another one`,
  );
}

/** The message that every imported key signs, to prove that its halves belong together. */
const probe = { message: new Uint8Array(32) };

/**
 * Returns a key whose public half verifies a signature by its private half; otherwise disposes of it. A
 * key with halves of two keys would make invalid signatures, and with Ed25519 they would reveal the secret:
 * a signature depends on the public half (RFC 8032 section 5.1.6).
 *
 * @throws {CryptoError} `BAD_KEY`
 */
export function provenKey<K extends PrivateKey>(key: K): K {
  let failure: unknown;
  try {
    const [algorithm] = key.algorithms;
    if (key.publicKey.verify(algorithm, probe, key.sign(algorithm, probe))) return key;
  } catch (error) {
    failure = error;
  }
  key[Symbol.dispose]();
  if (failure instanceof CryptoError) {
    throw new CryptoError("BAD_KEY", `The private key cannot sign: ${failure.message}`, {
      cause: failure,
    });
  }
  throw new CryptoError(
    "BAD_KEY",
    "The private key is damaged: its halves do not belong together",
    { cause: failure },
  );
}

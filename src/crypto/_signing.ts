import {
  type AlgorithmInfo,
  type AlgorithmName,
  algorithmsFor,
  findAlgorithm,
  type KeyType,
} from "./algorithms.ts";
import { CryptoError } from "./errors.ts";
import type { PrivateKey, SharedKey, SigningInput } from "./provider.ts";

/**
 * The table's row for an algorithm that a key was asked for.
 *
 * @param offered what the key's provider can do with it
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
  const why = fits ? "is one that this crypto provider cannot do" : "does not fit";
  throw new CryptoError(
    "ALGORITHM_MISMATCH",
    `Algorithm ${name} ${why} with a key of type ${type}: use ${offered.join(" or ")}`,
  );
}

/**
 * Ensures that an input which is a digest has the length that the algorithm's hash gives.
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

/** The error for a key that a thread with another provider has shared. */
export function sharedElsewhere({ provider }: SharedKey): CryptoError {
  return new CryptoError(
    "PROVIDER_FAILED",
    `A key of the provider ${provider} was shared with a thread that uses another one`,
  );
}

/** What every imported key signs, to see that its halves belong together. */
const probe = { message: new Uint8Array(32) };

/**
 * Passes a key on if what it signs, its public half verifies; otherwise disposes of it. A key file whose
 * halves are of two keys would give out signatures that nobody can verify, and an Ed25519 one would
 * with them give away the secret (a signature mixes the public half in, RFC 8032 section 5.1.6).
 *
 * Damage to an RSA key's primes passes where the provider notices it at every signature and does without
 * them, as libcrypto does: slower, and right. Testing the primes takes longer than a key may take to load.
 *
 * @throws {CryptoError} `BAD_KEY`
 */
export function provenKey<K extends PrivateKey>(key: K): K {
  let cause: unknown;
  try {
    const [algorithm] = key.algorithms;
    if (key.publicKey.verify(algorithm, probe, key.sign(algorithm, probe))) return key;
  } catch (error) {
    cause = error;
  }
  key[Symbol.dispose]();
  throw new CryptoError(
    "BAD_KEY",
    "The private key is damaged: its halves do not belong together",
    {
      cause,
    },
  );
}

/** Signatures of each provider, verified by each provider. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { AlgorithmInfo, CryptoProvider, SigningInput } from "../../src/crypto/mod.ts";
import { findAlgorithm, keyTypes } from "../../src/crypto/algorithms/mod.ts";
import { gate } from "../_support/gate.ts";
import { exportedKeys, importKey } from "./_keys.ts";
import { loadCrypto, providerNames } from "./_providers.ts";

const [test, { keys, providers }] = await gate(["env", "ffi"], async () => {
  const { providers } = await loadCrypto();
  const keys = await exportedKeys(providers.openssl, keyTypes.map(({ name }) => name));
  return { providers, keys };
});

const message = new TextEncoder().encode("The quick brown fox jumps over the lazy dog");

/** Returns the message, and its digest if both providers sign digests. */
function inputs(info: AlgorithmInfo, ...among: CryptoProvider[]): SigningInput[] {
  const digests = among.every((provider) =>
    info.keyTypes.some((type) => provider.digestAlgorithms(type).includes(info.name))
  );
  if (!digests) return [{ message }];
  return [{ message }, { digest: createHash(info.hash!).update(message).digest() }];
}

for (const signer of providerNames) {
  for (const verifier of providerNames) {
    for (const { name: type } of keyTypes) {
      test(`${verifier} verifies the ${type} signatures of ${signer}`, () => {
        const [signing, verifying] = [providers[signer], providers[verifier]];
        using key = importKey(signing, keys, type);
        using publicKey = verifying.importPublicKey(key.publicKey.spki);
        assert.equal(key.type, type);
        assert.equal(publicKey.type, type);
        const shared = key.algorithms.filter((name) => publicKey.algorithms.includes(name));
        assert.ok(shared.length > 0);
        for (const name of shared) {
          const info = findAlgorithm(name)!;
          for (const format of ["der", "p1363"] as const) {
            for (const input of inputs(info, signing)) {
              const signature = key.sign(name, input, format);
              assert.equal(signature.constructor, Uint8Array);
              for (const other of inputs(info, verifying)) {
                assert.equal(
                  publicKey.verify(name, other, signature, format),
                  true,
                  `${name} ${format}`,
                );
              }
              signature[signature.length - 1] ^= 1;
              assert.equal(publicKey.verify(name, { message }, signature, format), false, name);
            }
          }
        }
      });
    }
  }
}

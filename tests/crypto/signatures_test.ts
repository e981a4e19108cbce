/** Signing and verifying by both providers: algorithms, digests, malformed signatures, disposal. @module */
import assert from "node:assert/strict";
import type { AlgorithmName, CryptoError, CryptoErrorCode } from "../../src/crypto/mod.ts";
import { algorithmsFor, keyTypes } from "../../src/crypto/algorithms/mod.ts";
import { gate } from "../_support/gate.ts";
import { exportedKeys, importKey } from "./_keys.ts";
import { loadCrypto, providerNames } from "./_providers.ts";

const types = ["rsa-2048", "ecdsa-p256", "ecdsa-p521", "ed25519"] as const;

const [test, { CryptoError: Refusal, keys, providers }] = await gate(["env", "ffi"], async () => {
  const crypto = await loadCrypto();
  const keys = await exportedKeys(crypto.providers.openssl, types);
  return { ...crypto, keys };
});

const message = new Uint8Array([1, 2, 3]);

function throwsCode(body: () => unknown, code: CryptoErrorCode, words: RegExp): void {
  assert.throws(body, (error: CryptoError) => {
    assert.ok(error instanceof Refusal, `${error}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });
}

for (const providerName of providerNames) {
  test(`${providerName} offers algorithms of the table only, and reports which sign digests`, () => {
    const provider = providers[providerName];
    for (const { name } of keyTypes) {
      const table = algorithmsFor(name).map((info) => info.name);
      const offered = provider.algorithms(name);
      assert.ok(offered.length > 0);
      assert.deepEqual(offered, table.filter((algorithm) => offered.includes(algorithm)));
      assert.ok(provider.digestAlgorithms(name).every((algorithm) => offered.includes(algorithm)));
    }
  });

  test(`${providerName} refuses an algorithm that does not fit the key`, () => {
    const provider = providers[providerName];
    using key = importKey(provider, keys, "ecdsa-p256");
    for (const name of ["ED25519", "RSASSA_PSS_SHA_256", "toString", ""] as AlgorithmName[]) {
      throwsCode(() => key.sign(name, { message }), "ALGORITHM_MISMATCH", /use ECDSA_SHA_256 or/);
      const verify = () => key.publicKey.verify(name, { message }, new Uint8Array(64));
      throwsCode(verify, "ALGORITHM_MISMATCH", /ecdsa-p256/);
    }
  });

  test(`${providerName} refuses a digest of a wrong length, and any for Ed25519`, () => {
    const provider = providers[providerName];
    using rsa = importKey(provider, keys, "rsa-2048");
    for (const length of [0, 20, 31, 33, 64]) {
      const input = { digest: new Uint8Array(length) };
      const words = new RegExp(`Digest of ${length} bytes.*32 bytes`);
      throwsCode(() => rsa.sign("RSASSA_PKCS1_V1_5_SHA_256", input), "BAD_DIGEST", words);
      const verify = () => rsa.publicKey.verify("RSASSA_PSS_SHA_256", input, new Uint8Array(256));
      throwsCode(verify, "BAD_DIGEST", words);
    }
    using ed25519 = importKey(provider, keys, "ed25519");
    const input = { digest: new Uint8Array(64) };
    throwsCode(() => ed25519.sign("ED25519", input), "BAD_DIGEST", /send the message/);
  });

  test(`${providerName} refuses the digests that it does not offer, and signs the others`, () => {
    const provider = providers[providerName];
    using key = importKey(provider, keys, "rsa-2048");
    for (const { name, digestBytes } of algorithmsFor("rsa-2048")) {
      const input = { digest: new Uint8Array(digestBytes!).fill(9) };
      if (provider.digestAlgorithms("rsa-2048").includes(name)) {
        assert.equal(key.publicKey.verify(name, input, key.sign(name, input)), true, name);
      } else {
        throwsCode(() => key.sign(name, input), "BAD_DIGEST", /openssl provider/);
      }
    }
  });

  test(`${providerName} returns false for every malformed signature, and never throws`, () => {
    const provider = providers[providerName];
    for (const type of types) {
      using key = importKey(provider, keys, type);
      for (const name of key.algorithms) {
        for (const format of ["der", "p1363"] as const) {
          const good = key.sign(name, { message }, format);
          const bad = [
            new Uint8Array(0),
            new Uint8Array(1),
            new Uint8Array(good.length),
            new Uint8Array(good.length).fill(255),
            new Uint8Array(5000).fill(0x30),
            good.slice(0, -1),
            new Uint8Array([...good, 0]),
            new Uint8Array([0, ...good]),
          ];
          for (const signature of bad) {
            assert.equal(key.publicKey.verify(name, { message }, signature, format), false, name);
          }
          for (let i = 0; i < good.length; i += 7) {
            const changed = good.slice();
            changed[i] ^= 0x20;
            assert.equal(key.publicKey.verify(name, { message }, changed, format), false, name);
          }
          assert.equal(key.publicKey.verify(name, { message }, good, format), true, name);
        }
      }
    }
  });

  test(`${providerName} accepts a signature in the named format only, DER or P1363`, () => {
    const provider = providers[providerName];
    using key = importKey(provider, keys, "ecdsa-p256");
    const p1363 = key.sign("ECDSA_SHA_256", { message }, "p1363");
    assert.equal(p1363.length, 64);
    assert.equal(key.publicKey.verify("ECDSA_SHA_256", { message }, p1363), false);
    const der = key.sign("ECDSA_SHA_256", { message });
    assert.equal(der[0], 0x30);
    assert.equal(key.publicKey.verify("ECDSA_SHA_256", { message }, der, "p1363"), false);
  });

  test(`${providerName} signs an empty message, and one of 1 MiB`, () => {
    const provider = providers[providerName];
    for (const type of types) {
      using key = importKey(provider, keys, type);
      for (const message of [new Uint8Array(0), new Uint8Array(1 << 20).fill(3)]) {
        const [name] = key.algorithms;
        const signature = key.sign(name, { message });
        assert.equal(key.publicKey.verify(name, { message }, signature), true, name);
      }
    }
  });

  test(`${providerName} returns signatures that later ones leave alone`, () => {
    const provider = providers[providerName];
    for (const type of types) {
      using key = importKey(provider, keys, type);
      const [name] = key.algorithms;
      const first = key.sign(name, { message });
      const copy = first.slice();
      key.sign(name, { message: new Uint8Array([9]) });
      assert.deepEqual(first, copy);
    }
  });

  test(`${providerName} throws for a key that is used after its disposal`, () => {
    const provider = providers[providerName];
    for (const type of types) {
      const key = importKey(provider, keys, type);
      const [name] = key.algorithms;
      const signature = key.sign(name, { message });
      key[Symbol.dispose]();
      key[Symbol.dispose]();
      throwsCode(() => key.sign(name, { message }), "PROVIDER_FAILED", /disposal|failed/);
      throwsCode(() => key.exportPkcs8(), "PROVIDER_FAILED", /disposal/);
      const verify = () => key.publicKey.verify(name, { message }, signature);
      throwsCode(verify, "PROVIDER_FAILED", /disposal/);
    }
  });

  test(`${providerName} zeroes the bytes of an imported key, also when it refuses them`, () => {
    const provider = providers[providerName];
    const good = keys.get("ecdsa-p256")!.slice();
    provider.importPrivateKey(good)[Symbol.dispose]();
    assert.ok(good.every((byte) => byte === 0));
    const bad = keys.get("ecdsa-p256")!.slice(0, 100);
    throwsCode(() => provider.importPrivateKey(bad), "BAD_KEY", /truncated/);
    assert.ok(bad.every((byte) => byte === 0));
  });

  test(`${providerName} generates keys of every type`, async () => {
    const provider = providers[providerName];
    for (const type of ["rsa-2048", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519"] as const) {
      using key = await provider.generate(type);
      assert.equal(key.type, type);
      const [name] = key.algorithms;
      assert.equal(key.publicKey.verify(name, { message }, key.sign(name, { message })), true);
    }
  });
}

test("builtin does not list the algorithms that node:crypto lacks", () => {
  const builtin = providers.builtin;
  assert.deepEqual(builtin.algorithms("ecdsa-p521"), ["ECDSA_SHA_384", "ECDSA_SHA_512"]);
  assert.deepEqual(builtin.digestAlgorithms("ecdsa-p256"), []);
  using key = importKey(builtin, keys, "ecdsa-p521");
  const sign = () => key.sign("ECDSA_SHA_256", { message });
  throwsCode(sign, "ALGORITHM_MISMATCH", /not available in this crypto provider.*ECDSA_SHA_384/);
});

test("a failure of OpenSSL carries its error queue as the cause", () => {
  const openssl = providers.openssl;
  using key = importKey(openssl, keys, "ecdsa-p256");
  const spki = key.publicKey.spki.slice();
  spki[spki.length - 1] ^= 1;
  assert.throws(() => openssl.importPublicKey(spki), (error: CryptoError) => {
    assert.equal(error.code, "BAD_KEY");
    const { queue } = error.cause as { queue: string[] };
    assert.match(queue.join(), /^error:[0-9A-F]{8}:/);
    return true;
  });
});

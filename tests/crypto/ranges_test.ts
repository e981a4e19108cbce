/**
 * Range checks of the numbers in signatures. Arithmetic modulo n takes s + n for s, so a verifier without the check
 * accepts two signatures for one.
 *
 * The builtin provider lacked the check for RSA: it accepted s + n for a digest with PKCS #1 v1.5 and for a message
 * with PSS.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { AlgorithmName, PrivateKey } from "../../src/crypto/mod.ts";
import { readSpki } from "../../src/crypto/encoding/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadCrypto, providerNames } from "./_providers.ts";

const [test, { providers }] = await gate(["env", "ffi"], loadCrypto);

const toNumber = (bytes: Uint8Array) => BigInt(`0x${bytes.toHex()}`);
const toBytes = (number: bigint, length: number) =>
  Uint8Array.fromHex(number.toString(16).padStart(2 * length, "0"));

/** Finds a message whose signature is small enough to add the modulus. Returns both. */
function signatureWithRoom(key: PrivateKey, algorithm: AlgorithmName, n: bigint, length: number) {
  for (let i = 0; i < 256; i++) {
    const message = new Uint8Array([i]);
    const s = toNumber(key.sign(algorithm, { message }));
    if (s + n < 1n << BigInt(8 * length)) return { message, s };
  }
  assert.fail("No signature of 256 leaves room for the modulus");
}

for (const name of providerNames) {
  test(`${name} verifies an RSA signature s only where s < n (RFC 8017 sections 5.2.2 and 8)`, async () => {
    using key = await providers.openssl.generate("rsa-2048");
    using publicKey = providers[name].importPublicKey(key.publicKey.spki);
    const { numbers } = readSpki(key.publicKey.spki);
    assert.ok("n" in numbers);
    const n = toNumber(numbers.n);
    for (const algorithm of ["RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256"] as const) {
      const { message, s } = signatureWithRoom(key, algorithm, n, 256);
      const digest = createHash("sha256").update(message).digest();
      const digests = providers[name].digestAlgorithms("rsa-2048").includes(algorithm);
      for (const input of digests ? [{ message }, { digest }] : [{ message }]) {
        const verify = (number: bigint) => publicKey.verify(algorithm, input, toBytes(number, 256));
        assert.equal(verify(s), true);
        for (const number of [s + n, 0n, 1n, n - 1n, n, n + 1n, (1n << 2048n) - 1n]) {
          assert.equal(
            verify(number),
            false,
            `${algorithm} ${number === s + n ? "s + n" : number}`,
          );
        }
      }
    }
  });

  test(`${name} verifies an ECDSA signature only where 1 <= r, s < n (FIPS 186-5 section 6.4.2)`, async () => {
    const orders = {
      "ecdsa-p256": "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
      "ecdsa-p384": "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf" +
        "581a0db248b0a77aecec196accc52973",
      "ecdsa-p521": "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    } as const;
    const message = new Uint8Array([1, 2, 3]);
    for (const type of ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521"] as const) {
      const order = toNumber(Uint8Array.fromHex(orders[type]));
      const length = orders[type].length / 2;
      using key = await providers.openssl.generate(type);
      using publicKey = providers[name].importPublicKey(key.publicKey.spki);
      const signature = key.sign("ECDSA_SHA_512", { message }, "p1363");
      const r = toNumber(signature.subarray(0, length));
      const s = toNumber(signature.subarray(length));
      const verify = (r: bigint, s: bigint) => {
        const p1363 = new Uint8Array([...toBytes(r, length), ...toBytes(s, length)]);
        return publicKey.verify("ECDSA_SHA_512", { message }, p1363, "p1363");
      };
      assert.equal(verify(r, s), true);
      // (r, n - s) is a signature too: FIPS 186-5 requires no canonical s.
      assert.equal(verify(r, order - s), true);
      const bad = [[0n, s], [r, 0n], [0n, 0n], [order, s], [r, order], [order, order], [0n, 1n]];
      if (type === "ecdsa-p521") bad.push([r + order, s], [r, s + order]);
      for (const [r, s] of bad) assert.equal(verify(r, s), false, `${type} ${r} ${s}`);
    }
  });

  test(`${name} verifies an Ed25519 signature only where S < L (RFC 8032 section 5.1.7)`, async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const message = new Uint8Array([1, 2, 3]);
    using key = await providers.openssl.generate("ed25519");
    using publicKey = providers[name].importPublicKey(key.publicKey.spki);
    const signature = key.sign("ED25519", { message });
    const s = toNumber(signature.slice(32).reverse());
    const verify = (number: bigint) => {
      const changed = signature.slice();
      changed.set(toBytes(number, 32).reverse(), 32);
      return publicKey.verify("ED25519", { message }, changed);
    };
    assert.equal(verify(s), true);
    for (const number of [s + order, s + 2n * order, s + 8n * order, s | (1n << 255n)]) {
      assert.equal(verify(number), false, `${number}`);
    }
  });

  // libcrypto imported such a key and verified with it; node:crypto refused it.
  test(`${name} refuses an Ed25519 public key with y >= p (RFC 8032 section 5.1.3)`, async () => {
    using key = await providers.openssl.generate("ed25519");
    const { spki } = key.publicKey;
    const withY = (y: bigint, sign = 0) => {
      const changed = spki.slice();
      changed.set(toBytes(y, 32).reverse(), spki.length - 32);
      changed[spki.length - 1] |= sign;
      return changed;
    };
    const p = 2n ** 255n - 19n;
    for (const y of [p, p + 1n, 2n ** 255n - 1n]) {
      for (const sign of [0, 0x80]) {
        const importing = () => providers[name].importPublicKey(withY(y, sign));
        assert.throws(importing, { code: "BAD_KEY" });
      }
    }
    // 3 is the y of a point (RFC 8032 section 5.1.3 finds an x).
    providers[name].importPublicKey(withY(3n))[Symbol.dispose]();
  });
}

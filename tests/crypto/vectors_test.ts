/** Test vectors of RFC 8032, RFC 6979 and FIPS 186. @module */
import assert from "node:assert/strict";
import type { AlgorithmName, KeyType, PrivateKey } from "../../src/crypto/mod.ts";
import { keyTypeInfo } from "../../src/crypto/algorithms/mod.ts";
import { encodeSpki, pkcs8FromPkcs1 } from "../../src/crypto/encoding/mod.ts";
import { gate } from "../_support/gate.ts";
import sigGen15 from "./vectors/fips186_siggen15.json" with { type: "json" };
import sigVer15 from "./vectors/fips186_sigver15.json" with { type: "json" };
import sigVerPss from "./vectors/fips186_sigverpss.json" with { type: "json" };
import rfc6979 from "./vectors/rfc6979_ecdsa.json" with { type: "json" };
import rfc8032 from "./vectors/rfc8032_ed25519.json" with { type: "json" };
import { loadCrypto, providerNames } from "./_providers.ts";
import { ecJwk, jsonBytes, okpJwk, pkcs1FromNumbers } from "./_keys.ts";

const [test, { providers, readPrivateKey }] = await gate(["env", "ffi"], loadCrypto);

const rsa = keyTypeInfo("rsa-2048");
const hex = (text: string) => Uint8Array.fromHex(text);

/** Returns the vectors. Fails for an empty file, which would test nothing. */
function some<T>(vectors: readonly T[]): readonly T[] {
  assert.ok(vectors.length > 0, "The file holds no vectors");
  return vectors;
}

for (const name of providerNames) {
  test(`${name} computes the Ed25519 signatures of RFC 8032`, async () => {
    const provider = providers[name];
    for (const vector of some(rfc8032.tests)) {
      using key = await readPrivateKey(provider, jsonBytes(okpJwk(vector)), "RFC 8032");
      const input = { message: hex(vector.message) };
      assert.equal(key.sign("ED25519", input).toHex(), vector.signature);
      assert.equal(key.publicKey.verify("ED25519", input, hex(vector.signature)), true);
    }
  });

  test(`${name} verifies the ECDSA signatures of RFC 6979`, async () => {
    const provider = providers[name];
    for (const curve of some(rfc6979.curves)) {
      using key = await readPrivateKey(
        provider,
        jsonBytes(ecJwk({ ...curve, type: curve.type as KeyType })),
        "RFC 6979",
      );
      assert.equal(key.type, curve.type);
      for (const { message, hash, r, s } of some(curve.tests)) {
        const algorithm = `ECDSA_SHA_${hash.slice(3)}` as AlgorithmName;
        if (!key.algorithms.includes(algorithm)) continue;
        const input = { message: new TextEncoder().encode(message) };
        const signature = hex(r + s);
        assert.equal(key.publicKey.verify(algorithm, input, signature, "p1363"), true);
        signature[9] ^= 1;
        assert.equal(key.publicKey.verify(algorithm, input, signature, "p1363"), false);
        const own = key.sign(algorithm, input);
        assert.equal(key.publicKey.verify(algorithm, input, own), true);
      }
    }
  });

  test(`${name} computes the PKCS #1 v1.5 signatures of FIPS 186-3`, () => {
    const provider = providers[name];
    for (const group of some(sigGen15.groups)) {
      using key: PrivateKey = provider.importPrivateKey(pkcs8FromPkcs1(pkcs1FromNumbers(group)));
      assert.equal(key.type, `rsa-${group.bits}` as KeyType);
      for (const { hash, msg, s } of some(group.tests)) {
        const algorithm = `RSASSA_PKCS1_V1_5_SHA_${hash.slice(3)}` as AlgorithmName;
        assert.equal(key.sign(algorithm, { message: hex(msg) }).toHex(), s);
      }
    }
  });

  test(`${name} accepts and refuses the PKCS #1 v1.5 signatures of FIPS 186-3 as NIST does`, () => {
    const provider = providers[name];
    for (const { n, tests } of some(sigVer15.groups)) {
      for (const { e, hash, msg, s, valid } of some(tests)) {
        using key = provider.importPublicKey(encodeSpki(rsa, { n: hex(n), e: hex(e) }));
        const algorithm = `RSASSA_PKCS1_V1_5_SHA_${hash.slice(3)}` as AlgorithmName;
        assert.equal(key.verify(algorithm, { message: hex(msg) }, hex(s)), valid);
      }
    }
  });

  test(`${name} accepts the PSS signatures of FIPS 186-3 with a salt of the hash's length, and no others`, () => {
    const provider = providers[name];
    let accepted = 0;
    for (const { n, tests } of some(sigVerPss.groups)) {
      for (const { e, hash, msg, s, saltBytes, valid } of some(tests)) {
        using key = provider.importPublicKey(encodeSpki(rsa, { n: hex(n), e: hex(e) }));
        const algorithm = `RSASSA_PSS_SHA_${hash.slice(3)}` as AlgorithmName;
        const expected = valid && saltBytes * 8 === Number(hash.slice(3));
        assert.equal(key.verify(algorithm, { message: hex(msg) }, hex(s)), expected);
        accepted += Number(expected);
      }
    }
    assert.ok(accepted > 0);
  });
}

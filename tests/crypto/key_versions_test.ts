/** Versions of a key: which one signs, which verify, and which do not fit together. @module */
import assert from "node:assert/strict";
import type {
  CryptoError,
  KeyPeriod,
  KeyType,
  KeyVersion,
  PrivateKey,
} from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadCrypto, providerNames } from "./_providers.ts";

const [test, { KeyStore, keyVersion, providers, signingEnd }] = await gate(
  ["env", "ffi"],
  loadCrypto,
);

const withCode = (code: string) => (error: unknown) => {
  assert.equal((error as CryptoError).code, code, (error as Error).message);
  return true;
};

const input = { message: new TextEncoder().encode("signed before and after a rotation") };
const DAY = 86_400_000;
const past = Date.now() - DAY;
const future = Date.now() + DAY;

/** Makes versions of new Ed25519 keys, numbered from 1. */
async function versionsOf(...periods: (KeyPeriod | "public")[]): Promise<KeyVersion[]> {
  const versions: KeyVersion[] = [];
  for (const [index, period] of periods.entries()) {
    const key = await providers.openssl.generate("ed25519");
    versions.push(
      period === "public"
        ? keyVersion(index + 1, publicHalf(key))
        : keyVersion(index + 1, key, period),
    );
  }
  return versions;
}

/** Disposes of a key, and returns its public key alone. */
function publicHalf(key: PrivateKey) {
  using _ = key;
  return providers.openssl.importPublicKey(key.publicKey.spki);
}

test("the newest version signs, and every version verifies", async () => {
  using store = new KeyStore();
  const versions = await versionsOf({}, {}, {});
  const key = store.addVersions("release", [versions[1]!, versions[2]!, versions[0]!]);
  const { signature, version } = key.sign("ED25519", input);
  assert.equal(version, 3);
  assert.equal(key.verify("ED25519", input, signature)?.version, 3);
  assert.equal(key.verify("ED25519", input, signature, "der", 3)?.version, 3);
  assert.equal(key.verify("ED25519", input, signature, "der", 2), undefined);
  for (const { version, privateKey } of versions) {
    const old = privateKey!.sign("ED25519", input);
    assert.equal(key.verify("ED25519", input, old)?.version, version);
  }
  assert.equal(key.verify("ED25519", input, new Uint8Array(64)), undefined);
  assert.deepEqual(store.list()[0]!.versions.map(({ version }) => version), [3, 2, 1]);
});

const signers: [name: string, periods: (KeyPeriod | "public")[], signs: number | undefined][] = [
  ["a version that begins later leaves the one before", [{}, { notBefore: future }], 1],
  ["a version that has begun takes over", [{}, { notBefore: past }], 2],
  ["a version that has ended leaves the one before", [{}, { signUntil: past }], 1],
  ["a version that ends later signs", [{}, { signUntil: future }], 2],
  ["a public key does not sign", [{}, "public"], 1],
  ["no version signs once all have ended", [{ signUntil: past }, { signUntil: past }], undefined],
  ["no version signs before the first begins", [{ notBefore: future }], undefined],
  ["public keys alone do not sign", ["public", "public"], undefined],
];
for (const [name, periods, signs] of signers) {
  test(`signing: ${name}`, async () => {
    using store = new KeyStore();
    const key = store.addVersions("k", await versionsOf(...periods));
    if (signs === undefined) {
      assert.throws(() => key.sign("ED25519", input), withCode("KEY_INACTIVE"));
      assert.equal(key.current, key.versions[0]);
      return;
    }
    assert.equal(key.sign("ED25519", input).version, signs);
    assert.equal(key.current.version, signs);
    assert.equal(store.list()[0]!.thumbprint, key.get(signs).thumbprint);
  });
}

test("a version verifies before it signs, after it signs, and not after its end", async () => {
  using store = new KeyStore();
  const ended = { signUntil: past, verifyUntil: past };
  const versions = await versionsOf(ended, { signUntil: past }, { notBefore: future });
  const key = store.addVersions("k", versions);
  const made = versions.map(({ privateKey }) => privateKey!.sign("ED25519", input));
  assert.equal(key.verify("ED25519", input, made[2]!)?.version, 3);
  assert.equal(key.verify("ED25519", input, made[1]!)?.version, 2);
  assert.equal(key.verify("ED25519", input, made[0]!), undefined);
  assert.throws(
    () => key.verify("ED25519", input, made[0]!, "der", 1),
    withCode("KEY_INACTIVE"),
  );
  assert.throws(() => key.verify("ED25519", input, made[0]!, "der", 9), withCode("NO_SUCH_KEY"));
});

const ends: [name: string, periods: (KeyPeriod | "public")[], end: number | undefined][] = [
  ["a version without an end", [{ signUntil: past }, {}], Infinity],
  ["a last version that ends", [{ signUntil: future }], future],
  ["a successor in time", [{ signUntil: future }, { notBefore: future - 1 }], Infinity],
  [
    "a successor in the order of age",
    [{ signUntil: future + 1 }, { signUntil: future }],
    future + 1,
  ],
  ["a successor that is late", [{ signUntil: future }, { notBefore: future + 1 }], future],
  ["public keys alone", ["public"], undefined],
];
for (const [name, periods, end] of ends) {
  test(`the end of signing: ${name}`, async () => {
    using store = new KeyStore();
    store.addVersions("k", await versionsOf(...periods));
    assert.equal(signingEnd(store.list()[0]!.versions, Date.now()), end);
  });
}

test("no version that signs is an end that has come", async () => {
  using store = new KeyStore();
  store.addVersions("k", await versionsOf({ signUntil: past }));
  const now = Date.now();
  assert.equal(signingEnd(store.list()[0]!.versions, now), now);
});

test("the default key of a type can sign", async () => {
  using store = new KeyStore();
  store.addVersions("partner", await versionsOf("public"));
  assert.equal(store.findDefault("ed25519"), undefined);
  store.addVersions("own", await versionsOf("public", {}));
  assert.equal(store.getDefault("ed25519").id, "own");
});

test("versions that do not fit together are refused, and stay the caller's", async () => {
  using store = new KeyStore();
  const [one, two] = await versionsOf({}, {}) as [KeyVersion, KeyVersion];
  using other = await providers.openssl.generate("ecdsa-p256");
  const many = Array.from({ length: 17 }, (_, index) => ({ ...one, version: index + 1 }));
  const refusals: [KeyVersion[], RegExp][] = [
    [[], /has no version/],
    [many, /17 versions: at most 16/],
    [[one, { ...two, version: 1 }], /two versions 1/],
    [[{ ...one, version: 0 }], /a version 0: versions are numbers from 1 on/],
    [[one, keyVersion(2, other)], /types ecdsa-p256 and ed25519/],
    [[{ ...one, period: { notBefore: future, signUntil: past } }], /ends before it begins/],
    [[{ ...one, period: { verifyUntil: future } }], /signs for longer than it verifies/],
  ];
  for (const [versions, reason] of refusals) {
    assert.throws(() => store.addVersions("k", versions), (error: CryptoError) => {
      assert.match(error.message, reason);
      return withCode("BAD_KEY_VERSION")(error);
    });
  }
  assert.throws(
    () => store.addVersions("k", [one, { ...one, version: 2 }]),
    withCode("DUPLICATE_KEY"),
  );
  assert.equal(store.size, 0);
  store.addVersions("k", [one, two]);
  assert.throws(() => store.addVersions("other", [one]), withCode("DUPLICATE_KEY"));
});

for (const name of providerNames) {
  test(`${name}: another thread adopts every version with its period`, async () => {
    const provider = providers[name];
    const type: KeyType = "ecdsa-p256";
    const keys = [await provider.generate(type), await provider.generate(type)] as const;
    using first = keys[0];
    const lone = provider.importPublicKey(first.publicKey.spki);
    using store = new KeyStore();
    store.addVersions("k", [
      keyVersion(1, lone, { signUntil: past, verifyUntil: future }),
      keyVersion(2, keys[1], { notBefore: past }),
    ]);
    using adopted = KeyStore.adopt(provider, store.share());
    assert.deepEqual(adopted.list(), store.list());
    const old = first.sign("ECDSA_SHA_256", input);
    assert.equal(adopted.get("k").verify("ECDSA_SHA_256", input, old)?.version, 1);
    const { signature, version } = adopted.get("k").sign("ECDSA_SHA_256", input);
    assert.equal(version, 2);
    assert.equal(store.get("k").verify("ECDSA_SHA_256", input, signature)?.version, 2);
  });
}

/** The key store: ids, defaults, duplicates. @module */
import assert from "node:assert/strict";
import type { CryptoError } from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadCrypto } from "./_providers.ts";

const [test, { KeyStore, MAX_KEY_ID_LENGTH, providers, thumbprint }] = await gate(
  ["env", "ffi"],
  loadCrypto,
);
const withCode = (code: string) => (error: CryptoError) => {
  assert.equal(error.code, code, error.message);
  return true;
};

test("`add()` without an id uses the key's thumbprint", async () => {
  using store = new KeyStore();
  const key = await providers.openssl.generate("ed25519");
  assert.equal(store.add(undefined, key).id, thumbprint(key.publicKey));
  assert.equal(store.get(thumbprint(key.publicKey)).current.privateKey, key);
});

test("the first key of a type is its default until a later one is marked", async () => {
  using store = new KeyStore();
  assert.throws(() => store.getDefault("ecdsa-p256"), withCode("NO_SUCH_KEY"));
  for (const id of ["a", "b"]) store.add(id, await providers.openssl.generate("ecdsa-p256"));
  store.add("e", await providers.openssl.generate("ed25519"));
  assert.equal(store.getDefault("ecdsa-p256").id, "a");
  store.add("c", await providers.openssl.generate("ecdsa-p256"), { isDefault: true });
  assert.equal(store.getDefault("ecdsa-p256").id, "c");
  assert.equal(store.getDefault("ed25519").id, "e");
  assert.deepEqual(
    store.list().map(({ id, isDefault }) => [id, isDefault]),
    [["a", false], ["b", false], ["e", true], ["c", true]],
  );
});

test("`list()` returns the public properties of a key and nothing else", async () => {
  using store = new KeyStore();
  const key = await providers.openssl.generate("ecdsa-p384");
  store.add("signing/2026", key);
  assert.deepEqual(store.list(), [{
    id: "signing/2026",
    type: "ecdsa-p384",
    algorithms: ["ECDSA_SHA_256", "ECDSA_SHA_384", "ECDSA_SHA_512"],
    defaultAlgorithm: "ECDSA_SHA_384",
    thumbprint: thumbprint(key.publicKey),
    isDefault: true,
    versions: [{
      version: 1,
      thumbprint: thumbprint(key.publicKey),
      hasPrivateKey: true,
      period: {},
    }],
  }]);
});

test("`add()` refuses an id that is taken, and a key that has another id already", async () => {
  using store = new KeyStore();
  const key = await providers.openssl.generate("ed25519");
  store.add("one", key);
  using other = await providers.openssl.generate("ed25519");
  assert.throws(() => store.add("one", other), withCode("DUPLICATE_KEY"));
  using again = providers.openssl.importPrivateKey(key.exportPkcs8());
  assert.throws(() => store.add("two", again), withCode("DUPLICATE_KEY"));
  assert.equal(store.size, 1);
});

test("`add()` refuses ids that are empty, too long, or have other characters", async () => {
  using store = new KeyStore();
  using key = await providers.openssl.generate("ed25519");
  for (const id of ["", "a b", "ä", "a\n", "x".repeat(MAX_KEY_ID_LENGTH + 1)]) {
    assert.throws(() => store.add(id, key), withCode("BAD_KEY_ID"), id);
  }
  assert.equal(store.size, 0);
});

test("`add()` accepts an id of the maximum length", async () => {
  using store = new KeyStore();
  const id = "x".repeat(MAX_KEY_ID_LENGTH);
  store.add(id, await providers.openssl.generate("ed25519"));
  assert.equal(store.get(id).id, id);
});

test("the error of `get()` contains the missing id, but never a malformed one", () => {
  using store = new KeyStore();
  assert.throws(() => store.get("none"), /no key with the id none/);
  assert.throws(() => store.get("bad id\n"), (error: CryptoError) => {
    assert.equal(error.code, "NO_SUCH_KEY");
    assert.ok(!error.message.includes("bad id"));
    return true;
  });
});

test("disposing of a store frees its keys", async () => {
  const store = new KeyStore();
  const stored = store.add("a", await providers.openssl.generate("ed25519"));
  store[Symbol.dispose]();
  assert.equal(store.size, 0);
  const input = { message: new Uint8Array(1) };
  assert.throws(() => stored.sign("ED25519", input), withCode("PROVIDER_FAILED"));
});

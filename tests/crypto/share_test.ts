/** Keys shared between threads. @module */
import assert from "node:assert/strict";
import type {
  CryptoError,
  KeyDescription,
  KeyType,
  PrivateKey,
  SharedKeyStore,
} from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";
import type { Adoption, Signatures } from "./_adopting_worker.ts";
import { loadCrypto, providerNames } from "./_providers.ts";

const [test, { CryptoError: ErrorClass, KeyStore, openLibcrypto, openOpenssl, providers }] =
  await gate(
    ["env", "ffi", "read"],
    async () => {
      const { openLibcrypto } = await import("../../src/ffi/mod.ts");
      const { openOpenssl } = await import("../../src/crypto/openssl/mod.ts");
      return { ...await loadCrypto(), openLibcrypto, openOpenssl };
    },
  );

const message = new TextEncoder().encode("signed by the thread that adopted the key");
const types: readonly KeyType[] = ["rsa-2048", "ecdsa-p256", "ed25519"];

const withCode = (code: string) => (error: unknown) => {
  assert.ok(error instanceof ErrorClass, String(error));
  assert.equal((error as CryptoError).code, code, (error as CryptoError).message);
  return true;
};

/** Signs with one key, and verifies with the public key of the other. */
function verified(signing: PrivateKey, verifying: PrivateKey): boolean {
  const [algorithm] = signing.algorithms;
  const signature = signing.sign(algorithm, { message });
  return verifying.publicKey.verify(algorithm, { message }, signature);
}

for (const name of providerNames) {
  test(`${name}: an adopted key and the shared key verify each other's signatures`, async () => {
    const provider = providers[name];
    for (const type of types) {
      using key = await provider.generate(type);
      using adopted = provider.adoptPrivateKey(key.share());
      assert.equal(adopted.type, type);
      assert.deepEqual(adopted.algorithms, key.algorithms);
      assert.deepEqual(adopted.publicKey.spki, key.publicKey.spki);
      assert.ok(verified(adopted, key), type);
      assert.ok(verified(key, adopted), type);
    }
  });

  test(`${name}: an adopted key outlives the disposal of the shared key, and the reverse`, async () => {
    const provider = providers[name];
    for (const type of types) {
      const key = await provider.generate(type);
      const first = provider.adoptPrivateKey(key.share());
      using second = provider.adoptPrivateKey(key.share());
      key[Symbol.dispose]();
      assert.throws(() => key.sign(key.algorithms[0], { message }), withCode("PROVIDER_FAILED"));
      assert.ok(verified(first, second), type);
      first[Symbol.dispose]();
      assert.ok(verified(second, second), type);
      // An adopted key can be shared again.
      using third = provider.adoptPrivateKey(second.share());
      assert.ok(verified(third, second), type);
    }
  });

  test(`${name}: a key is adopted even if it was disposed of after share()`, async () => {
    const provider = providers[name];
    const key = await provider.generate("ecdsa-p256");
    const shared = key.share();
    key[Symbol.dispose]();
    using adopted = provider.adoptPrivateKey(shared);
    assert.ok(verified(adopted, adopted));
  });

  test(`${name}: \`share()\` refuses a key that was disposed of`, async () => {
    const key = await providers[name].generate("ed25519");
    key[Symbol.dispose]();
    assert.throws(() => key.share(), withCode("PROVIDER_FAILED"));
  });

  test(`${name}: \`adoptPrivateKey()\` refuses the shared key of another provider, and does not change it`, async () => {
    const provider = providers[name];
    const other = providers[providerNames.find((candidate) => candidate !== name)!];
    using key = await provider.generate("ed25519");
    const shared = key.share();
    assert.throws(() => other.adoptPrivateKey(shared), withCode("PROVIDER_FAILED"));
    using adopted = provider.adoptPrivateKey(shared);
    assert.ok(verified(adopted, key));
  });

  test(`${name}: an adopted store has the ids and the defaults of the shared one`, async () => {
    const provider = providers[name];
    using keys = new KeyStore();
    keys.add("first", await provider.generate("ed25519"));
    keys.add("second", await provider.generate("ed25519"), { isDefault: true });
    keys.add(undefined, await provider.generate("ecdsa-p256"));
    using adopted = KeyStore.adopt(provider, keys.share());
    assert.deepEqual(adopted.list(), keys.list());
    assert.equal(adopted.getDefault("ed25519").id, "second");
    for (const { id } of keys.list()) {
      assert.ok(verified(adopted.get(id).current.privateKey!, keys.get(id).current.privateKey!));
    }
  });

  test(`${name}: a thread signs with adopted keys after the disposal of the store that shared them`, async () => {
    const keys = new KeyStore();
    for (const type of types) keys.add(type, await providers[name].generate(type));
    const descriptions = keys.list();
    const publicKeys = new Map(
      descriptions.map(({ id }) => [id, keys.get(id).current.publicKey.spki]),
    );
    const shared = keys.share();
    const worker = new Worker(new URL("./_adopting_worker.ts", import.meta.url), {
      type: "module",
    });
    try {
      const next = () => {
        const { promise, resolve, reject } = Promise.withResolvers<unknown>();
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        return promise;
      };
      const adopted = next();
      const adoption: Adoption = { provider: name, shared, message };
      worker.postMessage(adoption, transferred(shared));
      assert.deepEqual(await adopted as KeyDescription[], descriptions);
      keys[Symbol.dispose]();
      const signed = next();
      worker.postMessage("sign");
      const signatures = await signed as Signatures;
      assert.deepEqual(signatures.map(({ id }) => id), types);
      for (const { id, signature } of signatures) {
        using publicKey = providers[name].importPublicKey(publicKeys.get(id)!);
        const { defaultAlgorithm } = descriptions.find((description) => description.id === id)!;
        assert.ok(publicKey.verify(defaultAlgorithm, { message }, signature), id);
      }
    } finally {
      worker.terminate();
    }
  });
}

/** Returns the buffers of the builtin provider's keys. They are moved to the thread, so that no copy remains. */
function transferred(shared: SharedKeyStore): ArrayBuffer[] {
  const keys = shared.flatMap(({ versions }) => versions.map(({ key }) => key));
  return keys.flatMap((key) => "pkcs8" in key ? [key.pkcs8.buffer] : []);
}

// Adopting a token of libcrypto twice is documented as undefined behaviour (`Libcrypto.adopt()`).
test("builtin: a key cannot be adopted twice", async () => {
  const { builtin } = providers;
  using key = await builtin.generate("ed25519");
  const shared = key.share();
  using adopted = builtin.adoptPrivateKey(shared);
  assert.ok("pkcs8" in shared && shared.pkcs8.every((byte) => byte === 0));
  assert.throws(() => builtin.adoptPrivateKey(shared), withCode("BAD_KEY"));
  assert.ok(verified(adopted, key));
});

test("openssl: sharing transfers a token and the public half, and no byte of the secret", async () => {
  using key = await providers.openssl.generate("ed25519");
  const shared = key.share();
  assert.deepEqual(Object.keys(shared), ["provider", "token", "spki"]);
  providers.openssl.adoptPrivateKey(shared)[Symbol.dispose]();
});

// A worker exported, read and checked the public half of each key that it adopted, 0.3 ms for a P-256 key: a reload of 1,000
// keys kept all of its calls waiting for a third of a second.
test("a thread reads the public half of an adopted key when it first verifies by it", async () => {
  let read = 0;
  const libcrypto = openLibcrypto();
  const provider = openOpenssl({
    open: () => ({
      ...libcrypto,
      readSpki(der) {
        read++;
        return libcrypto.readSpki(der);
      },
    }),
  });
  using key = await providers.openssl.generate("ecdsa-p256");
  const adopted = provider.adoptPrivateKey(key.share());
  const signature = adopted.sign("ECDSA_SHA_256", { message });
  assert.equal(read, 0);
  for (let i = 0; i < 2; i++) {
    assert.ok(adopted.publicKey.verify("ECDSA_SHA_256", { message }, signature));
  }
  assert.equal(read, 1);
  adopted[Symbol.dispose]();
  // It is not read again.
  const verify = () => adopted.publicKey.verify("ECDSA_SHA_256", { message }, signature);
  assert.throws(verify, withCode("PROVIDER_FAILED"));
  provider.adoptPrivateKey(key.share())[Symbol.dispose]();
  assert.equal(read, 1);
});

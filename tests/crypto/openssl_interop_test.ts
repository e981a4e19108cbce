/** Keys and signatures exchanged with the `openssl` command, in both directions. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { AlgorithmName, KeyType } from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadCrypto, providerNames } from "./_providers.ts";
import { genpkeyArguments, openssl } from "./_openssl.ts";

const [test, { encodePrivateKey, encodePublicKey, providers, readPrivateKey }] = await gate(
  ["env", "ffi", "read", "run", "write"],
  loadCrypto,
);

const message = new TextEncoder().encode("signed here, verified there");
const secret = "correct horse battery staple";
const passphrase = () => new TextEncoder().encode(secret);

/** Key formats that `openssl` writes, by name: its arguments, with a PKCS#8 key in PEM on stdin. */
const pass = ["-passout", `pass:${secret}`];
const containers: Record<string, readonly string[]> = {
  "PKCS#8 PEM": ["pkey"],
  "PKCS#8 DER": ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"],
  "PKCS#1 or SEC 1 PEM": ["pkey", "-traditional"],
  "PKCS#1 or SEC 1 DER": ["pkey", "-traditional", "-outform", "DER"],
  "PBKDF2 PEM": ["pkcs8", "-topk8", "-v2", "aes-256-cbc", ...pass],
  "PBKDF2 DER": ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-outform", "DER", ...pass],
  "scrypt PEM": ["pkcs8", "-topk8", "-scrypt", ...pass],
};

for (const providerName of providerNames) {
  for (const [type, generate] of Object.entries(genpkeyArguments)) {
    // Generating a key of 4,096 bits takes openssl seconds, and its encoding is the same as of shorter ones.
    if (type === "rsa-4096") continue;
    test(`${providerName} reads ${type} keys in every format that openssl writes`, async () => {
      const provider = providers[providerName];
      const pem = await openssl(["genpkey", ...generate]);
      const spki = await openssl(["pkey", "-pubout", "-outform", "DER"], pem);
      for (const [name, args] of Object.entries(containers)) {
        // Ed25519 has no format but PKCS#8.
        if (type === "ed25519" && name.startsWith("PKCS#1")) continue;
        const bytes = await openssl(args, pem);
        using key = await readPrivateKey(provider, bytes, name, { passphrase });
        assert.equal(key.type, type, name);
        assert.deepEqual(key.publicKey.spki, new Uint8Array(spki), name);
        assert.ok(bytes.every((byte) => byte === 0), "the file's bytes are zeroed");
      }
    });

    test(`openssl reads ${type} keys in every format that ${providerName} writes`, async () => {
      const provider = providers[providerName];
      using key = await readPrivateKey(
        provider,
        await openssl(["genpkey", ...generate]),
        "openssl",
      );
      const outputs: Record<string, Uint8Array> = {
        pem: encodePrivateKey(key, "pem"),
        der: encodePrivateKey(key, "der"),
        encryptedPem: encodePrivateKey(key, "pem", passphrase()),
      };
      for (const [name, bytes] of Object.entries(outputs)) {
        const form = name === "der" ? "DER" : "PEM";
        const args = [
          "pkey",
          "-inform",
          form,
          "-passin",
          `pass:${secret}`,
          "-pubout",
          "-outform",
          "DER",
        ];
        assert.deepEqual(new Uint8Array(await openssl(args, bytes)), key.publicKey.spki, name);
      }
      const pubin = await openssl(
        ["pkey", "-pubin", "-outform", "DER"],
        encodePublicKey(key.publicKey, "pem"),
      );
      assert.deepEqual(new Uint8Array(pubin), key.publicKey.spki);
    });

    test(`${providerName} reads its own JWK of ${type}`, async () => {
      const provider = providers[providerName];
      using key = await readPrivateKey(
        provider,
        await openssl(["genpkey", ...generate]),
        "openssl",
      );
      const jwk = encodePrivateKey(key, "jwk");
      using again = await readPrivateKey(provider, jwk, "JWK");
      assert.deepEqual(again.publicKey.spki, key.publicKey.spki);
      assert.deepEqual(again.exportPkcs8(), key.exportPkcs8());
    });
  }

  test(`openssl verifies signatures of ${providerName}, and the reverse`, async () => {
    const provider = providers[providerName];
    const directory = await Deno.makeTempDir();
    try {
      for (const type of ["rsa-2048", "ecdsa-p256", "ecdsa-p521", "ed25519"] as const) {
        await exchange(directory, type);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }

    async function exchange(directory: string, type: KeyType): Promise<void> {
      const pem = await openssl(["genpkey", ...genpkeyArguments[type]]);
      const paths = ["key", "pub", "message", "signature"].map((name) => join(directory, name));
      const [keyPath, publicPath, messagePath, signaturePath] = paths;
      await Deno.writeFile(keyPath, pem);
      await Deno.writeFile(messagePath, message);
      using key = await readPrivateKey(provider, pem, type);
      await Deno.writeFile(publicPath, encodePublicKey(key.publicKey, "pem"));
      for (const algorithm of key.algorithms) {
        await Deno.writeFile(signaturePath, key.sign(algorithm, { message }));
        const { sign, verify } = commands(
          algorithm,
          keyPath,
          publicPath,
          signaturePath,
          messagePath,
        );
        await openssl(verify);
        const signature = await openssl(sign);
        assert.equal(key.publicKey.verify(algorithm, { message }, signature), true, algorithm);
      }
    }
  });
}

/** Returns the commands that sign a file with an algorithm, and verify its signature. */
function commands(
  algorithm: AlgorithmName,
  key: string,
  pub: string,
  signature: string,
  file: string,
) {
  if (algorithm === "ED25519") {
    const raw = ["pkeyutl", "-rawin", "-in", file];
    return {
      sign: [...raw, "-sign", "-inkey", key],
      verify: [...raw, "-verify", "-pubin", "-inkey", pub, "-sigfile", signature],
    };
  }
  const digest = `-sha${algorithm.slice(-3)}`;
  const padding = algorithm.startsWith("RSASSA_PSS")
    ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    : [];
  return {
    sign: ["dgst", digest, ...padding, "-sign", key, file],
    verify: ["dgst", digest, ...padding, "-verify", pub, "-signature", signature, file],
  };
}

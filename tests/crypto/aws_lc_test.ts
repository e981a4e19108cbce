/**
 * Private keys in AWS-LC. `deno task aws-lc` builds the library; without it these tests are ignored. The tests of all
 * providers are in the other files.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CryptoError, KeyType } from "../../src/crypto/mod.ts";
import { findAlgorithm, keyTypes } from "../../src/crypto/algorithms/mod.ts";
import { awsLcLibrary } from "../_support/aws_lc.ts";
import { gate, ignored } from "../_support/gate.ts";
import { runCode } from "../_support/run_code.ts";
import { openssl } from "./_openssl.ts";
import { loadCrypto } from "./_providers.ts";

const [gated, loaded] = await gate(["env", "ffi", "read", "run", "write"], async () => {
  const { openAwsLc } = await import("../../src/ffi/mod.ts");
  return { ...await loadCrypto(), openAwsLc };
});
const { encodePublicKey, openAwsLc } = loaded;
const providers = loaded.providers ?? {};
const awsLc = providers["aws-lc"];

const test = awsLcLibrary !== undefined ? gated : ignored(Deno.test, "needs deno task aws-lc");

const message = new TextEncoder().encode("signed by AWS-LC");

/** Arguments of openssl-dgst(1ssl), after the hash. */
const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];

for (const { name: type } of keyTypes) {
  test(`the openssl command verifies the ${type} signatures of aws-lc`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const [pub, signature, input] = ["pub.pem", "sig", "message"].map((n) => `${folder}/${n}`);
      using key = await awsLc.generate(type);
      await Deno.writeFile(pub, encodePublicKey(key.publicKey, "pem"));
      await Deno.writeFile(input, message);
      for (const algorithm of key.algorithms) {
        await Deno.writeFile(signature, key.sign(algorithm, { message }));
        const { hash, scheme } = findAlgorithm(algorithm)!;
        const args = hash === undefined
          ? ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", pub, "-sigfile", signature]
          : [
            ...["dgst", `-${hash}`, ...(scheme === "rsa-pss" ? pss : [])],
            ...["-verify", pub, "-signature", signature],
          ];
        await openssl(hash === undefined ? [...args, "-in", input] : [...args, input]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

test("aws-lc and openssl export the same private key", async () => {
  for (const { name: type } of keyTypes) {
    using key = await awsLc.generate(type);
    using imported = awsLc.importPrivateKey(key.exportPkcs8());
    using copy = providers.openssl.importPrivateKey(key.exportPkcs8());
    assert.deepEqual(imported.exportPkcs8(), copy.exportPkcs8(), type);
    assert.deepEqual(imported.publicKey.spki, copy.publicKey.spki, type);
  }
});

test("aws-lc opens and makes encrypted keys, by OpenSSL", async () => {
  const passphrase = new TextEncoder().encode("pass");
  using key = await awsLc.generate("ecdsa-p256");
  const sealed = key.exportEncryptedPkcs8(passphrase);
  using opened = awsLc.importEncryptedPrivateKey(sealed, passphrase);
  assert.deepEqual(opened.publicKey.spki, key.publicKey.spki);
});

test("deterministic signatures are those of OpenSSL", async () => {
  const deterministic = { "ed25519": "ED25519", "rsa-2048": "RSASSA_PKCS1_V1_5_SHA_384" } as const;
  for (const [type, algorithm] of Object.entries(deterministic)) {
    using key = await awsLc.generate(type as KeyType);
    using copy = providers.openssl.importPrivateKey(key.exportPkcs8());
    for (const length of [0, 1, 64, 100_000]) {
      const input = { message: new Uint8Array(length).fill(7) };
      assert.deepEqual(key.sign(algorithm, input), copy.sign(algorithm, input), algorithm);
    }
  }
});

test("ECDSA and PSS signatures differ each time: they have fresh random numbers", async () => {
  const random = { "ecdsa-p256": "ECDSA_SHA_256", "rsa-2048": "RSASSA_PSS_SHA_256" } as const;
  for (const [type, algorithm] of Object.entries(random)) {
    using key = await awsLc.generate(type as KeyType);
    const signatures = Array.from({ length: 20 }, () => key.sign(algorithm, { message }).toHex());
    assert.equal(new Set(signatures).size, signatures.length);
  }
});

test("a failure carries the error queue of AWS-LC, with its own entries only", () => {
  const failures = [1, 2].map(() => {
    try {
      openAwsLc(awsLcLibrary).readPkcs8(new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x00]));
    } catch (error) {
      return error as { code: string; queue: readonly string[] };
    }
    throw new Error("It did not fail");
  });
  assert.equal(failures[0].code, "LIBCRYPTO_FAILED");
  assert.match(failures[0].queue.join(), /^error:[0-9a-f]{8}:/);
  assert.deepEqual(failures[0].queue, failures[1].queue);
});

test("bytes after a private key are refused", async () => {
  using key = await awsLc.generate("ed25519");
  const longer = new Uint8Array([...key.exportPkcs8(), 0]);
  assert.throws(() => openAwsLc(awsLcLibrary).readPkcs8(longer), /of which it read fewer/);
});

const module = JSON.stringify(import.meta.resolve("../../src/crypto/mod.ts"));

test("`auto` is aws-lc where SIGNER_AWS_LC names it", async () => {
  const program = `import { openProvider } from ${module};
    const { provider } = openProvider("auto");
    console.log(provider.name, provider.version);`;
  const named = await runCode(program, { env: { SIGNER_AWS_LC: awsLcLibrary! } });
  assert.match(named, /^aws-lc AWS-LC \d+\.\d+\.\d+, OpenSSL 3\./);
  assert.match(await runCode(program), /^openssl OpenSSL 3\./);
});

gated("a SIGNER_AWS_LC that cannot be loaded is not passed over in silence", async () => {
  const program = `import { openProvider } from ${module};
    const { provider, fallbackReason } = openProvider("auto");
    console.log(provider.name, fallbackReason.code, fallbackReason.message);
    try { openProvider("aws-lc"); } catch (error) { console.log(error.code, error.cause.code); }`;
  const output = await runCode(program, { env: { SIGNER_AWS_LC: "/nowhere/libaws_lc.so" } });
  assert.match(output, /^openssl PROVIDER_UNAVAILABLE .*\/nowhere\/libaws_lc\.so.*SIGNER_AWS_LC/);
  assert.match(output, /\nPROVIDER_UNAVAILABLE LIBCRYPTO_MISSING\n$/);
});

// AWS-LC has a destructor that locks the random numbers of all threads.
test("a process ends while its threads sign", async () => {
  const program = `import { openProvider } from ${module};
    const { provider } = openProvider("aws-lc");
    if (globalThis.name === "signs") {
      globalThis.onmessage = ({ data }) => {
        const key = provider.adoptPrivateKey(data);
        for (let i = 0; ; i++) {
          key.sign("ECDSA_SHA_256", { message: new Uint8Array(8) });
          if (i === 200) postMessage("signing");
        }
      };
    }`;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/worker.ts`, program);
    const main = `import { openProvider } from ${module};
      const key = await openProvider("aws-lc").provider.generate("ecdsa-p256");
      const workers = [1, 2].map(() => new Worker("file://${folder}/worker.ts", { type: "module", name: "signs" }));
      await Promise.all(workers.map((worker) => new Promise((resolve) => {
        worker.onmessage = resolve;
        worker.postMessage(key.share());
      })));
      console.log("ends");
      Deno.exit(0);`;
    assert.equal(await runCode(main), "ends\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

// AWS-LC ends the process when it has no memory for the random numbers of a thread.
test("a thread that finds the heap full cannot sign, and the others go on", async () => {
  const program = `import { openProvider } from ${module};
    import { openLibcrypto } from ${JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"))};
    const { provider } = openProvider("aws-lc");
    if (globalThis.name === "late") {
      globalThis.onmessage = ({ data }) => {
        try {
          provider.adoptPrivateKey(data);
          postMessage("adopted");
        } catch (error) {
          postMessage(error.message);
        }
      };
    } else {
      openLibcrypto().openSecureHeap(65_536);
      const key = await provider.generate("ecdsa-p256");
      // Keys leave some of the heap free, so other memory fills it.
      const { symbols } = Deno.dlopen(openLibcrypto().path, {
        CRYPTO_secure_malloc: { parameters: ["usize", "pointer", "i32"], result: "pointer" },
        CRYPTO_secure_free: { parameters: ["pointer", "pointer", "i32"], result: "void" },
      });
      const blocks = [];
      for (let block; (block = symbols.CRYPTO_secure_malloc(1_024n, null, 0)) !== null;) {
        blocks.push(block);
      }
      for (const block of blocks.splice(-8)) symbols.CRYPTO_secure_free(block, null, 0);
      const worker = new Worker(import.meta.url, { type: "module", name: "late" });
      worker.onmessage = ({ data }) => {
        console.log(data);
        worker.terminate();
      };
      worker.postMessage(key.share());
      key.sign("ECDSA_SHA_256", { message: new Uint8Array(8) });
    }`;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    assert.match(
      await runCode(`await import("file://${folder}/main.ts");`),
      /memory for private keys is full/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

// A thread keeps blocks of the heap for its next signature. Threads that are replaced must not fill the heap with them.
test("a thread keeps a sixty-fourth of the heap at most, and nothing after its end or without its keys", async () => {
  const program = `import { openProvider } from ${module};
    import { openLibcrypto } from ${JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"))};
    const { provider } = openProvider("aws-lc");
    const sign = (key) => {
      for (let i = 0; i < 20; i++) key.sign("RSASSA_PSS_SHA_256", { message: new Uint8Array(8) });
    };
    if (globalThis.name === "signs") {
      globalThis.onmessage = ({ data }) => {
        sign(provider.adoptPrivateKey(data));
        postMessage("signed");
        close();
      };
    } else {
      const pkcs8 = (await openProvider("openssl").provider.generate("rsa-2048")).exportPkcs8();
      const heap = openLibcrypto().openSecureHeap(4 * 1024 * 1024);
      provider.importPrivateKey(pkcs8.slice())[Symbol.dispose]();
      const empty = heap.used;
      const key = provider.importPrivateKey(pkcs8.slice());
      sign(key);
      const kept = heap.used - empty;
      console.log(kept > 16_384 && kept < 65_536 + 8_192);
      key[Symbol.dispose]();
      console.log(heap.used - empty);
      const shared = provider.importPrivateKey(pkcs8.slice());
      const before = heap.used;
      const worker = new Worker(import.meta.url, { type: "module", name: "signs" });
      await new Promise((resolve) => {
        worker.onmessage = resolve;
        worker.postMessage(shared.share());
      });
      // The key's blinding factors stay, which take less.
      const isBack = () => heap.used - before < 8_192;
      for (let i = 0; i < 500 && !isBack(); i++) await new Promise((r) => setTimeout(r, 10));
      console.log(isBack());
    }`;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, program);
    assert.equal(await runCode(`await import("file://${folder}/main.ts");`), "true\n0\ntrue\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("a key whose halves do not belong together is refused", async () => {
  using key = await awsLc.generate("ed25519");
  using other = await awsLc.generate("ed25519");
  // RFC 5958 section 2: [1] is the public key.
  const mixed = new Uint8Array([
    ...key.exportPkcs8(),
    0x81,
    0x21,
    0,
    ...other.publicKey.spki.slice(-32),
  ]);
  mixed[1] += 35;
  mixed[4] = 1;
  assert.throws(
    () => awsLc.importPrivateKey(mixed),
    (error: CryptoError) => error.code === "BAD_KEY",
  );
});

// It was reported as a damaged key.
test("a key that the secure heap has no room for is refused with that reason, and leaves nothing in it", async () => {
  const ffi = JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"));
  const program = `import { openProvider } from ${module};
    import { openLibcrypto } from ${ffi};
    const { provider } = openProvider("aws-lc");
    const pkcs8 = (await openProvider("openssl").provider.generate("ecdsa-p256")).exportPkcs8();
    const heap = openLibcrypto().openSecureHeap(1024 * 1024);
    provider.importPrivateKey(pkcs8.slice())[Symbol.dispose]();
    const before = heap.used;
    const keys = [];
    try {
      while (keys.length < 2_000) keys.push(provider.importPrivateKey(pkcs8.slice()));
    } catch (error) {
      console.log(error.code, error.message);
    }
    for (const key of keys) key[Symbol.dispose]();
    console.log(keys.length > 100, heap.used - before);`;
  const [refusal, rest] = (await runCode(program)).split("\n");
  assert.match(refusal, /^BAD_KEY .*(memory for private keys is full|malloc failure)/i);
  assert.equal(rest, "true 0");
});

// A reload that found no room had filled the heap, in which AWS-LC makes signatures: calls by the keys in use ended with
// INTERNAL meanwhile. After a start whose last key just fitted, all calls did.
test("keys leave so much of the heap free that other keys sign", async () => {
  const ffi = JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"));
  const program = `import { openProvider } from ${module};
    import { openLibcrypto } from ${ffi};
    const { provider } = openProvider("aws-lc");
    const generate = openProvider("openssl").provider.generate;
    const [large, small] = await Promise.all(["rsa-4096", "ecdsa-p256"].map(generate));
    const pkcs8 = small.exportPkcs8();
    openLibcrypto().openSecureHeap(256 * 1024);
    const key = provider.importPrivateKey(large.exportPkcs8());
    const keys = [];
    try {
      while (keys.length < 1_000) keys.push(provider.importPrivateKey(pkcs8.slice()));
    } catch (error) {
      console.log(error.message);
    }
    for (const algorithm of key.algorithms) key.sign(algorithm, { message: new Uint8Array(8) });
    console.log(keys.length > 10);`;
  const [refusal, rest] = (await runCode(program)).split("\n");
  assert.match(refusal, /memory for private keys is full/);
  assert.equal(rest, "true");
});

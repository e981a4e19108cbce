/** Reading and writing of key files: permissions, refusals, passphrases, exclusive creation. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { CryptoErrorCode, PrivateKey } from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";
import { loadCrypto } from "./_providers.ts";
import { openssl } from "./_openssl.ts";
import { exposureOf } from "../../src/crypto/key_file/private_file.ts";

const [test, crypto] = await gate(["env", "ffi", "read", "run", "write"], async () => {
  const crypto = await loadCrypto();
  return { ...crypto, providers: Object.values(crypto.providers) };
});
const { encodePrivateKey, encodePublicKey, providers, readPrivateKeyFile } = crypto;
const { writePrivateKeyFile, writePublicKeyFile, MAX_KEY_FILE_BYTES } = crypto;

const utf8 = (text: string) => new TextEncoder().encode(text);
const secret = "correct horse";
const P256 = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes a file with mode 0600, and asserts that both providers refuse it. */
async function refuses(
  bytes: Uint8Array,
  code: CryptoErrorCode,
  words: RegExp,
  passphrase?: () => Uint8Array,
): Promise<void> {
  await withDirectory(async (directory) => {
    const path = join(directory, "key");
    await Deno.writeFile(path, bytes, { mode: 0o600 });
    for (const provider of providers) {
      await assert.rejects(readPrivateKeyFile(provider, path, { passphrase }), (error: Error) => {
        assert.ok(error instanceof crypto.CryptoError, `${error}`);
        assert.equal(error.code, code, `${provider.name}: ${error.message}`);
        assert.match(error.message, words);
        assert.ok(error.message.startsWith(`Key file ${path}`), error.message);
        return true;
      });
    }
  });
}

const refusedKinds: Record<string, [string[][], CryptoErrorCode, RegExp]> = {
  "RSA of 1024 bits": [
    [["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]],
    "KEY_REFUSED",
    /1024 bits, too few. Use a key of type rsa-2048, /,
  ],
  "RSA of 2560 bits": [
    [["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2560"]],
    "KEY_REFUSED",
    /2560 bits/,
  ],
  "the curve secp256k1": [
    [["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]],
    "KEY_REFUSED",
    /secp256k1/,
  ],
  "explicit curve parameters": [
    [[...P256, "-pkeyopt", "ec_param_enc:explicit"]],
    "KEY_REFUSED",
    /explicit parameters/,
  ],
  "X25519": [[["genpkey", "-algorithm", "X25519"]], "KEY_REFUSED", /X25519/],
  "Ed448": [[["genpkey", "-algorithm", "ED448"]], "KEY_REFUSED", /Ed448/],
  "a public key in PEM": [[P256, ["pkey", "-pubout"]], "NOT_PRIVATE_KEY", /name the private key/],
  "a public key in DER": [
    [P256, ["pkey", "-pubout", "-outform", "DER"]],
    "NOT_PRIVATE_KEY",
    /name the private key/,
  ],
  "a certificate in PEM": [
    [P256, ["req", "-x509", "-subj", "/CN=test", "-key", "/dev/stdin"]],
    "NOT_PRIVATE_KEY",
    /certificate/,
  ],
  "a certificate in DER": [
    [P256, ["req", "-x509", "-subj", "/CN=test", "-key", "/dev/stdin", "-outform", "DER"]],
    "NOT_PRIVATE_KEY",
    /certificate/,
  ],
  "a traditionally encrypted key": [
    [P256, ["ec", "-aes128", "-passout", `pass:${secret}`]],
    "KEY_REFUSED",
    /openssl pkey -aes256 -in FILE -out NEW/,
  ],
};

for (const [what, [steps, code, words]] of Object.entries(refusedKinds)) {
  test(`\`readPrivateKeyFile()\` refuses ${what}`, async () => {
    let bytes: Uint8Array | undefined;
    for (const step of steps) bytes = await openssl(step, bytes);
    await refuses(bytes!, code, words);
  });
}

test("`readPrivateKeyFile()` refuses a file with several keys, but reads past EC parameters", async () => {
  const two = await openssl(P256).then((pem) => new Uint8Array([...pem, ...pem]));
  await refuses(two, "KEY_REFUSED", /found 2: write one private key/);
  await withDirectory(async (directory) => {
    const path = join(directory, "key");
    const pem = await openssl(["ecparam", "-name", "prime256v1", "-genkey"]);
    assert.match(new TextDecoder().decode(pem), /EC PARAMETERS/);
    await Deno.writeFile(path, pem, { mode: 0o600 });
    for (const provider of providers) {
      using key = await readPrivateKeyFile(provider, path);
      assert.equal(key.type, "ecdsa-p256");
    }
  });
});

test("`readPrivateKeyFile()` refuses truncated files in PEM, DER and JWK", async () => {
  using key = await providers[0].generate("ecdsa-p256");
  for (const format of ["pem", "der", "jwk"] as const) {
    const whole = encodePrivateKey(key, format);
    const steps = format === "der" ? [1, 2, 3, 30, whole.length - 1] : [30, 100, whole.length - 9];
    for (const length of steps) await refuses(whole.slice(0, length), "BAD_KEY", /truncated/);
  }
});

test("`readPrivateKeyFile()` refuses a key whose public and private keys do not match", async () => {
  using ec = await providers[0].generate("ecdsa-p256");
  using rsa = await providers[0].generate("rsa-2048");
  for (const [key, offset] of [[ec, 40], [ec, 100], [rsa, 100]] as const) {
    const der = encodePrivateKey(key, "der");
    der[offset] ^= 0x10;
    await refuses(der, "BAD_KEY", /damaged|failed/);
  }
});

test("`readPrivateKeyFile()` refuses a JWK with the public and private keys of different pairs", async () => {
  for (const type of ["rsa-2048", "ecdsa-p384", "ed25519"] as const) {
    const jwks = [];
    for (let i = 0; i < 2; i++) {
      using key: PrivateKey = await providers[0].generate(type);
      jwks.push(JSON.parse(new TextDecoder().decode(encodePrivateKey(key, "jwk"))));
    }
    const [one, other] = jwks;
    const half = type === "rsa-2048" ? { n: one.n } : { x: one.x };
    await refuses(utf8(JSON.stringify({ ...other, ...half })), "BAD_KEY", /halves|damaged|failed/);
  }
});

test("`readPrivateKeyFile()` refuses JWKs that are public, sets, incomplete or of other types", async () => {
  using key = await providers[0].generate("ecdsa-p256");
  const jwk = JSON.parse(new TextDecoder().decode(encodePrivateKey(key, "jwk")));
  const cases: [unknown, CryptoErrorCode, RegExp][] = [
    [{ ...jwk, d: undefined }, "NOT_PRIVATE_KEY", /public key/],
    [{ keys: [jwk] }, "KEY_REFUSED", /JWK set/],
    [{ kty: "oct", k: "AAAA" }, "KEY_REFUSED", /kty/],
    [{ ...jwk, crv: "secp256k1" }, "KEY_REFUSED", /secp256k1/],
    [{ ...jwk, kty: "OKP" }, "BAD_KEY", /kty/],
    [{ ...jwk, d: "AAAA" }, "BAD_KEY", /member d/],
    [{ ...jwk, x: 1 }, "BAD_KEY", /member x/],
    [{ ...jwk, y: "!" }, "BAD_KEY", /member y/],
    [
      { kty: "RSA", n: "AQAB", e: "AQAB", d: "AQAB" },
      "KEY_REFUSED",
      /without its members p, q, dp, dq, qi/,
    ],
  ];
  for (const [value, code, words] of cases) await refuses(utf8(JSON.stringify(value)), code, words);
});

test("a missing or wrong passphrase and a damaged key have different errors", async () => {
  using key = await providers[0].generate("ed25519");
  const pem = encodePrivateKey(key, "pem", utf8(secret));
  await refuses(pem, "BAD_PASSPHRASE", /give its passphrase/);
  await refuses(pem, "BAD_PASSPHRASE", /does not open/, () => utf8("wrong"));
  await refuses(pem, "BAD_PASSPHRASE", /does not open/, () => new Uint8Array(0));
  await refuses(pem.slice(0, -30), "BAD_KEY", /truncated/, () => utf8(secret));
  const der = encodePrivateKey(key, "der", utf8(secret));
  await refuses(der.slice(0, -1), "BAD_KEY", /truncated/, () => utf8(secret));
});

test("the passphrase is requested for encrypted keys only, and zeroed after use", async () => {
  await withDirectory(async (directory) => {
    const [plain, encrypted] = [join(directory, "plain"), join(directory, "encrypted")];
    using key = await providers[0].generate("ed25519");
    await writePrivateKeyFile(plain, encodePrivateKey(key, "pem"));
    await writePrivateKeyFile(encrypted, encodePrivateKey(key, "pem", utf8(secret)));
    for (const provider of providers) {
      const handed: Uint8Array[] = [];
      const passphrase = () => {
        handed.push(utf8(secret));
        return handed.at(-1)!;
      };
      for (const path of [plain, encrypted]) {
        using read = await readPrivateKeyFile(provider, path, { passphrase });
        assert.deepEqual(read.publicKey.spki, key.publicKey.spki);
      }
      assert.deepEqual(handed, [new Uint8Array(secret.length)]);
    }
  });
});

test("`readPrivateKeyFile()` refuses a file that is missing, empty, too large or a directory", async () => {
  await refuses(new Uint8Array(0), "KEY_FILE", /is empty/);
  await refuses(new Uint8Array(MAX_KEY_FILE_BYTES + 1), "KEY_FILE", /more than 65536 bytes/);
  await refuses(new Uint8Array(MAX_KEY_FILE_BYTES), "BAD_KEY", /not a key/);
  await withDirectory(async (directory) => {
    const [provider] = providers;
    await assert.rejects(readPrivateKeyFile(provider, directory), /it is a folder/);
    await assert.rejects(readPrivateKeyFile(provider, join(directory, "no")), /no such file/);
  });
});

// Opening a named pipe waits for a writer: the start of a server hung without output.
test("`readPrivateKeyFile()` refuses a named pipe without waiting for a writer", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "key.pem");
    const { success } = await new Deno.Command("mkfifo", { args: ["-m", "600", path] }).output();
    assert.ok(success);
    await assert.rejects(readPrivateKeyFile(providers[0], path), {
      code: "KEY_FILE",
      message: `Key file ${path} cannot be read: it is a named pipe: name a regular file`,
    });
    await assert.rejects(readPrivateKeyFile(providers[0], "/dev/null"), /it is a device/);
  });
});

// The owner of a key file can replace it, whatever its mode.
test("`exposureOf()` refuses files of other users, except the superuser's", () => {
  const refused = (mode: number, uid: number, self: number | null) =>
    exposureOf({ mode: 0o100000 | mode, uid }, self);
  assert.match(refused(0o600, 1000, 0)!, /another user \(uid 1000\): run `chown`/);
  assert.match(refused(0o400, 1000, 1001)!, /another user/);
  assert.match(refused(0o440, 0, 1001)!, /mode 0440/);
  assert.equal(refused(0o400, 0, 1001), undefined);
  assert.equal(refused(0o600, 1001, 1001), undefined);
  assert.equal(refused(0o644, 0, null), undefined);
});

// A certificate, which is public, was refused with the advice to run chmod.
test("`readPrivateKeyFile()` checks the content of a file before its permissions", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "key.pem");
    using key = await providers[0].generate("ed25519");
    await Deno.writeFile(path, encodePublicKey(key.publicKey, "pem"), { mode: 0o644 });
    await assert.rejects(readPrivateKeyFile(providers[0], path), { code: "NOT_PRIVATE_KEY" });
    // An encrypted key is refused before its passphrase is requested.
    await Deno.writeFile(path, encodePrivateKey(key, "pem", utf8(secret)));
    const passphrase = () => assert.fail("asked for a passphrase");
    await assert.rejects(readPrivateKeyFile(providers[0], path, { passphrase }), {
      code: "KEY_FILE",
    });
  });
});

test("`readPrivateKeyFile()` refuses a file that other users can access, unless allowed", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "key");
    using key = await providers[0].generate("ed25519");
    await Deno.writeFile(path, encodePrivateKey(key, "pem"));
    for (const mode of [0o644, 0o640, 0o604, 0o620, 0o601]) {
      await Deno.chmod(path, mode);
      const words = new RegExp(`mode 0${mode.toString(8)}.*chmod 600`);
      await assert.rejects(readPrivateKeyFile(providers[0], path), words);
      using read = await readPrivateKeyFile(providers[0], path, { allowInsecure: true });
      assert.equal(read.type, "ed25519");
    }
    for (const mode of [0o600, 0o400]) {
      await Deno.chmod(path, mode);
      using read = await readPrivateKeyFile(providers[0], path);
      assert.equal(read.type, "ed25519");
    }
  });
});

test("`writePrivateKeyFile()` creates a file of mode 0600 and no other file", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "key.pem");
    await writePrivateKeyFile(path, utf8("content"));
    assert.equal(await Deno.readTextFile(path), "content");
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    await writePublicKeyFile(join(directory, "key.pub"), utf8("public"));
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name).sort(), [
      "key.pem",
      "key.pub",
    ]);
  });
});

test("`writePrivateKeyFile()` never replaces a file without `force`, and replaces its mode with it", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "key.pem");
    await Deno.writeTextFile(path, "old", { mode: 0o644 });
    await assert.rejects(writePrivateKeyFile(path, utf8("new")), /a file of this name already/);
    assert.equal(await Deno.readTextFile(path), "old");
    await writePrivateKeyFile(path, utf8("new"), { force: true });
    assert.equal(await Deno.readTextFile(path), "new");
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.equal(Array.from(Deno.readDirSync(directory)).length, 1);
  });
});

test("of many concurrent `writePrivateKeyFile()` to one path, exactly one succeeds", async () => {
  await withDirectory(async (directory) => {
    const path = join(directory, "key.pem");
    const writers = Array.from({ length: 20 }, (_, i) => writePrivateKeyFile(path, utf8(`${i}`)));
    const results = await Promise.allSettled(writers);
    const winners = results.flatMap(({ status }, i) => status === "fulfilled" ? [i] : []);
    assert.equal(winners.length, 1);
    assert.equal(await Deno.readTextFile(path), `${winners[0]}`);
    assert.equal(Array.from(Deno.readDirSync(directory)).length, 1);
  });
});

test("`writePrivateKeyFile()` leaves no file when it fails", async () => {
  await withDirectory(async (directory) => {
    await assert.rejects(writePrivateKeyFile(join(directory, "no", "key"), utf8("x")), /directory/);
    await Deno.mkdir(join(directory, "taken"));
    const path = join(directory, "taken");
    await assert.rejects(writePrivateKeyFile(path, utf8("x"), { force: true }), /not written/);
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["taken"]);
  });
});

test("`encodePrivateKey()` refuses an encrypted JWK and an empty passphrase", async () => {
  using key = await providers[0].generate("ed25519");
  assert.throws(() => encodePrivateKey(key, "jwk", utf8("x")), /JWK cannot be written encrypted/);
  assert.throws(() => encodePrivateKey(key, "pem", new Uint8Array(0)), /empty passphrase/);
});

test("`readPublicKey()` reads PEM and DER, and refuses other and multiple blocks", async () => {
  using key = await providers[0].generate("ecdsa-p384");
  for (const provider of providers) {
    for (const format of ["pem", "der"] as const) {
      using read = crypto.readPublicKey(provider, encodePublicKey(key.publicKey, format));
      assert.deepEqual(read.spki, key.publicKey.spki);
    }
    const pem = encodePublicKey(key.publicKey, "pem");
    const refused = { name: "CryptoError", code: "KEY_REFUSED" };
    assert.throws(() => crypto.readPublicKey(provider, new Uint8Array([...pem, ...pem])), refused);
    assert.throws(() => crypto.readPublicKey(provider, encodePrivateKey(key, "pem")), refused);
  }
});

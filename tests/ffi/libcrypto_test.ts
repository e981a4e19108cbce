/** The binding of libcrypto. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { LibcryptoError, SignatureScheme } from "../../src/ffi/mod.ts";
import { encodePkcs8, readPkcs8 } from "../../src/crypto/encoding/mod.ts";
import { requireVersion3 } from "../../src/ffi/libcrypto/library.ts";
import { gate } from "../_support/gate.ts";

const [test, { libcrypto }] = await gate(["env", "ffi"], async () => {
  const { openLibcrypto } = await import("../../src/ffi/mod.ts");
  return { libcrypto: openLibcrypto() };
});

const ed25519: SignatureScheme = {};
const ecdsa: SignatureScheme = { hash: "sha256" };
const message = new Uint8Array([1, 2, 3]);

test("`openLibcrypto()` finds OpenSSL 3 and reports its version and path", () => {
  assert.match(libcrypto.version, /^OpenSSL 3\./);
  assert.match(libcrypto.path, /crypto/);
});

test("an error drains OpenSSL's queue, so that the next error has its own entries only", () => {
  const failures: LibcryptoError[] = [];
  for (let i = 0; i < 2; i++) {
    try {
      libcrypto.readPkcs8(new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x00]));
    } catch (error) {
      failures.push(error as LibcryptoError);
    }
  }
  assert.equal(failures.length, 2);
  assert.equal(failures[0].code, "LIBCRYPTO_FAILED");
  assert.ok(failures[0].queue.length > 0);
  assert.deepEqual(failures[0].queue, failures[1].queue);
});

test("a failed verification leaves no entry in the error queue", async () => {
  using key = await libcrypto.generate({ algorithm: "EC", group: "P-256" });
  using verifier = key.verifier(ecdsa);
  const before = queueOf(() => libcrypto.readSpki(new Uint8Array([0x30, 0x00])));
  assert.equal(verifier.verify(message, new Uint8Array([0x30, 0x01])), false);
  assert.deepEqual(queueOf(() => libcrypto.readSpki(new Uint8Array([0x30, 0x00]))), before);
});

function queueOf(body: () => unknown): readonly string[] {
  try {
    body();
  } catch (error) {
    return (error as LibcryptoError).queue;
  }
  throw new Error("It did not fail");
}

test("`readPkcs8()` and `readSpki()` refuse trailing bytes", async () => {
  using key = await libcrypto.generate({ algorithm: "ED25519" });
  for (const der of [key.exportPkcs8(), key.exportSpki()]) {
    const longer = new Uint8Array([...der, 0]);
    const read = der.length > 44 ? libcrypto.readPkcs8 : libcrypto.readSpki;
    assert.throws(() => read(longer), /of which it read fewer/);
    read(der)[Symbol.dispose]();
  }
});

test("a key, a signer and a verifier throw when they are used after their disposal", async () => {
  const key = await libcrypto.generate({ algorithm: "ED25519" });
  const signer = key.signer(ed25519);
  const verifier = key.verifier(ed25519);
  const signature = signer.sign(message);
  for (const handle of [key, key, signer, signer, verifier]) handle[Symbol.dispose]();
  const disposed = { name: "LibcryptoError", code: "HANDLE_DISPOSED" };
  assert.throws(() => key.exportSpki(), disposed);
  assert.throws(() => signer.sign(message), disposed);
  assert.throws(() => verifier.verify(message, signature), disposed);
});

test("a signer still works after the disposal of its key: it holds a reference", async () => {
  const key = await libcrypto.generate({ algorithm: "EC", group: "P-384" });
  using signer = key.signer(ecdsa);
  using verifier = key.verifier(ecdsa);
  key[Symbol.dispose]();
  assert.equal(verifier.verify(message, signer.sign(message)), true);
});

test("a private key with a compressed point exports an uncompressed one", async () => {
  using key = await libcrypto.generate({ algorithm: "EC", group: "P-256" });
  const spki = key.exportSpki();
  const point = spki.subarray(-64);
  const compressed = new Uint8Array([
    ...spki.subarray(0, -66),
    0,
    2 + (point[63] & 1),
    ...point.subarray(0, 32),
  ]);
  compressed[1] -= 32;
  compressed[compressed.length - 35] -= 32;
  using read = libcrypto.readSpki(compressed);
  assert.deepEqual(read.exportSpki(), spki);
});

test("the encrypted export opens with its passphrase only", async () => {
  using key = await libcrypto.generate({ algorithm: "ED25519" });
  const passphrase = new TextEncoder().encode("pass");
  const sealed = key.exportEncryptedPkcs8(passphrase, 1000);
  assert.deepEqual(libcrypto.decryptPkcs8(sealed, passphrase), key.exportPkcs8());
  assert.throws(() => libcrypto.decryptPkcs8(sealed, passphrase.subarray(1)), {
    code: "LIBCRYPTO_FAILED",
  });
});

test("the event loop runs while an RSA key is generated", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  using _key = await libcrypto.generate({ algorithm: "RSA", modulusBits: 3072 });
  clearInterval(timer);
  assert.ok(turns > 0);
});

test("a library other than OpenSSL 3 is refused, with its name in the error", () => {
  const refused = { name: "LibcryptoError", code: "LIBCRYPTO_TOO_OLD" };
  const old: [string, bigint][] = [
    ["OpenSSL 1.1.1w  11 Sep 2023", 0x1010117fn],
    ["LibreSSL 4.0.0", 0x20000000n],
    ["BoringSSL", 0x1010107fn],
    ["SomeSSL 9.0", 0x90000000n],
  ];
  for (const [version, number] of old) {
    assert.throws(() => requireVersion3("/lib/x.so", version, number), refused);
    assert.throws(() => requireVersion3("/lib/x.so", version, number), (error: Error) => {
      return error.message.startsWith(`/lib/x.so is ${version}: OpenSSL 3.0 or later is needed`);
    });
  }
  requireVersion3("/lib/x.so", "OpenSSL 3.0.0 7 Sep 2021", 0x30000000n);
});

const [testWithRun] = await gate(["env", "ffi", "read", "run", "write"], () => Promise.resolve({}));

testWithRun(
  "resident memory stays flat over signatures, and over keys that come and go",
  async () => {
    // In a child process, because concurrent tests share this one's resident memory.
    const flags = ["--allow-env", "--allow-ffi", "--v8-flags=--expose-gc"];
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, join(import.meta.dirname!, "_memory.ts")],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const growth: Record<string, number> = JSON.parse(new TextDecoder().decode(stdout));
    assert.equal(Object.keys(growth).length, 3);
    // A leak of one context, some 300 bytes, for each of the 50,000 signatures would be 15 MB.
    for (const [what, mebibytes] of Object.entries(growth)) {
      assert.ok(mebibytes < 8, `It grew by ${mebibytes.toFixed(1)} MiB over ${what}`);
    }
  },
);

/** Returns the output of a process that opens providers with `SIGNER_LIBCRYPTO` set. */
async function openElsewhere(library: string): Promise<string> {
  const module = new URL("../../src/crypto/mod.ts", import.meta.url).href;
  const program = `import { openProvider } from ${JSON.stringify(module)};
    const { provider, fallbackReason } = openProvider("auto");
    console.log(provider.name, fallbackReason?.code, fallbackReason?.message);
    try { openProvider("openssl"); } catch (error) { console.log(error.code, error.cause.code); }`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    env: { SIGNER_LIBCRYPTO: library, NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

testWithRun("a SIGNER_LIBCRYPTO that is missing or no libcrypto is not passed over", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const library = join(directory, "libcrypto.so.3");
    await Deno.writeTextFile(library, "this is no library");
    for (const path of [library, join(directory, "none.so")]) {
      const output = await openElsewhere(path);
      assert.match(
        output,
        /^builtin PROVIDER_UNAVAILABLE .*name its libcrypto in SIGNER_LIBCRYPTO/,
      );
      assert.ok(output.includes(path), output);
      assert.match(output, /\nPROVIDER_UNAVAILABLE LIBCRYPTO_MISSING\n$/);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

// From one wrong signature by the Chinese remainder theorem anyone can compute the primes (Boneh, DeMillo, Lipton 1997). A key
// file with such numbers is refused; this is about a fault in memory after that.
test("damaged numbers of an RSA key never make a wrong signature", async () => {
  using key = await libcrypto.generate({ algorithm: "RSA", modulusBits: 2048 });
  using verifier = key.verifier({ hash: "sha256", rsaPadding: "pkcs1" });
  for (const name of ["p", "q", "dp", "dq", "qi"]) {
    const parts = readPkcs8(key.exportPkcs8());
    parts.numbers[name]![10]! ^= 1;
    try {
      using damaged = libcrypto.readPkcs8(encodePkcs8(parts));
      using signer = damaged.signer({ hash: "sha256", rsaPadding: "pkcs1" });
      assert.ok(verifier.verify(message, signer.sign(message)), name);
    } catch (error) {
      assert.equal((error as LibcryptoError).code, "LIBCRYPTO_FAILED");
    }
  }
});

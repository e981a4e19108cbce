/** The comparison of two libcryptos by the time of their signatures. @module */
import assert from "node:assert/strict";
import type { KeyType, PrivateKey } from "../../src/crypto/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, { speedups, newerLibraries, libcryptoPath, builtLibrary }] = await gate([
  "env",
  "ffi",
], async () => {
  const { builtLibrary } = await import("../../src/ffi/libcrypto/library.ts");
  const { speedups } = await import("../../src/crypto/openssl/mod.ts");
  const { newerLibraries, libcryptoPath, openLibcrypto } = await import("../../src/ffi/mod.ts");
  openLibcrypto();
  return { speedups, newerLibraries, libcryptoPath, builtLibrary };
});

/** A clock, and keys whose signatures move it. */
function clock() {
  let time = 0;
  const key = (type: KeyType, ms: number): PrivateKey => ({
    type,
    algorithms: [],
    get publicKey(): never {
      throw new Error("not in use");
    },
    sign() {
      time += ms;
      return new Uint8Array();
    },
    share: () => assert.fail(),
    exportPkcs8: () => assert.fail(),
    exportEncryptedPkcs8: () => assert.fail(),
    [Symbol.dispose]() {},
  });
  return { now: () => time, key };
}

test("`speedups()` reports the types for which the other library is worthwhile", () => {
  const { now, key } = clock();
  const own = [key("rsa-3072", 2), key("rsa-3072", 2), key("ecdsa-p256", 0.03)];
  const times: Partial<Record<KeyType, number>> = { "rsa-3072": 0.8, "ecdsa-p256": 0.029 };
  const found = speedups(own, ({ type }) => key(type, times[type]!), now);
  assert.deepEqual([...found.keys()], ["rsa-3072"]);
  assert.ok(Math.abs(found.get("rsa-3072")! - 2.5) < 1e-6);
});

test("`speedups()` begins with no further type once its time is over", () => {
  const { now, key } = clock();
  const own = [key("rsa-4096", 20), key("rsa-3072", 20)];
  const found = speedups(own, ({ type }) => key(type, 10), now);
  assert.deepEqual([...found.keys()], ["rsa-4096"]);
  assert.equal(now(), 4 * (20 + 10));
});

test("the library in use is not newer than itself", () => {
  assert.ok(newerLibraries().every(({ path }) => path !== libcryptoPath()));
});

test("only a program from sources looks beside itself, as a bundle may lie below a folder of everyone", () => {
  const build = { ...Deno.build, os: "linux", standalone: false } as const;
  const module = "/src/ffi/libcrypto/library.ts";
  const path = "openssl/libcrypto.so.3";
  assert.equal(builtLibrary(`file:///home/x${module}`, path, build), `/home/x/.cache/${path}`);
  assert.equal(builtLibrary("file:///tmp/signer-1/program/main.js", path, build), undefined);
  const standalone = { ...build, standalone: true };
  assert.equal(
    builtLibrary(`file:///tmp/deno-compile-signer${module}`, path, standalone),
    undefined,
  );
  assert.equal(builtLibrary(`https://example.com${module}`, path, build), undefined);
});

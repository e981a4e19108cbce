/**
 * Prints, as JSON, the growth of resident memory in MiB over many signatures, and over many keys that are read and
 * disposed of. Growth in the first rounds does not count. Garbage is collected before each measurement, so that it is
 * not taken for a leak.
 *
 *   SIGNER_TEST_SIGNATURES=1000000 deno run --allow-env --allow-ffi --v8-flags=--expose-gc \
 *     tests/ffi/_memory.ts
 *
 * runs a million signatures with each of two key types, which takes some 80 seconds.
 *
 * @module
 */
import {
  type Libcrypto,
  openLibcrypto,
  type Pkey,
  type SignatureScheme,
} from "../../src/ffi/mod.ts";

const signatures = Number(Deno.env.get("SIGNER_TEST_SIGNATURES") ?? 50_000);
const message = new Uint8Array(64);
const ecdsa: SignatureScheme = { hash: "sha256" };
const ed25519: SignatureScheme = {};

function growthOver(count: number, turn: () => void): number {
  for (let i = 0; i < Math.min(count, 20_000); i++) turn();
  const before = resident();
  for (let i = 0; i < count; i++) turn();
  return (resident() - before) / 2 ** 20;
}

function resident(): number {
  (globalThis as unknown as { gc(): void }).gc();
  return Deno.memoryUsage().rss;
}

function signing(key: Pkey, scheme: SignatureScheme): number {
  using signer = key.signer(scheme);
  return growthOver(signatures, () => signer.sign(message));
}

function loading(libcrypto: Libcrypto, pkcs8: Uint8Array): number {
  return growthOver(3000, () => {
    using key = libcrypto.readPkcs8(pkcs8);
    using signer = key.signer(ecdsa);
    signer.sign(message);
  });
}

const libcrypto = openLibcrypto();
using p256 = await libcrypto.generate({ algorithm: "EC", group: "P-256" });
using ed = await libcrypto.generate({ algorithm: "ED25519" });
console.log(JSON.stringify({
  [`${signatures} signatures with P-256`]: signing(p256, ecdsa),
  [`${signatures} signatures with Ed25519`]: signing(ed, ed25519),
  "3000 keys": loading(libcrypto, p256.exportPkcs8()),
}));

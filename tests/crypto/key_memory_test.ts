/** The memory for private keys, with OpenSSL alone. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { runCode } from "../_support/run_code.ts";

const [test] = await gate(["run"], () => Promise.resolve({}));

// With the provider openssl, keys filled the heap to its end: while a reload read more of them than there was room for,
// signatures by the keys in use failed with INTERNAL ("malloc failure").
test("keys of OpenSSL leave so much of the secure heap free that other keys sign", async () => {
  const module = (path: string) => JSON.stringify(import.meta.resolve(`../../src/${path}`));
  const program = `import { openProvider } from ${module("crypto/mod.ts")};
    import { openLibcrypto } from ${module("ffi/mod.ts")};
    const { provider } = openProvider("openssl");
    const [key, other] = await Promise.all([0, 1].map(() => provider.generate("ecdsa-p521")));
    const [used, pkcs8] = [key.exportPkcs8(), other.exportPkcs8()];
    openLibcrypto().openSecureHeap(64 * 1024);
    const before = provider.importPrivateKey(used);
    const keys = [];
    try {
      while (keys.length < 1_000) keys.push(provider.importPrivateKey(pkcs8.slice()));
    } catch (error) {
      console.log(error.message);
    }
    before.sign("ECDSA_SHA_512", { message: new Uint8Array(8) });
    console.log(keys.length > 100);`;
  const [refusal, rest] = (await runCode(program)).split("\n");
  assert.match(refusal, /The memory for private keys is full/);
  assert.equal(rest, "true");
});

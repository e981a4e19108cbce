/**
 * The carried libcrypto and libssl beside the machine's own. On a machine with OpenSSL 3.0 an executable that carried 3.6
 * served no TLS: its libssl was linked with the machine's libcrypto, which had been loaded to compare the versions.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test, { copyLibraries, useOwnNames }] = await gate(
  ["env", "ffi", "read", "run", "sys", "write"],
  async () => ({
    ...await import("../../scripts/compile/libraries.ts"),
    ...await import("../../scripts/compile/own_names.ts"),
  }),
);

/** Loads the libraries that it is given, by turns, and prints an error of each. */
const loader = `
for (const name of Deno.args) {
  try {
    Deno.dlopen(name, {});
    console.log("loaded");
  } catch (error) {
    console.log(error.message);
  }
}`;

test("the carried libssl is not linked with the libcrypto of the machine", async () => {
  const folder = await Deno.makeTempDir({ prefix: "signer-own-names-" });
  try {
    await copyLibraries(folder);
    const [crypto, ssl] = ["libcrypto.so.3", "libssl.so.3"].map((name) => join(folder, name));
    const script = join(folder, "loader.ts");
    await Deno.writeTextFile(script, loader);
    const load = async (...names: string[]) => {
      const args = ["run", "--quiet", "--no-config", "--allow-ffi", script, ...names];
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      const decoder = new TextDecoder();
      return (decoder.decode(stdout) + decoder.decode(stderr)).trim().split("\n");
    };
    const [, alone] = await load("libcrypto.so.3", ssl);
    assert.match(alone, /libsigner\.so\.3: cannot open shared object file/);
    const [, ...both] = await load("libcrypto.so.3", crypto, ssl);
    assert.deepEqual(both, ["loaded", "loaded"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("a file that is no such library is refused", () => {
  assert.throws(() => useOwnNames(new Uint8Array(64)), /not an ELF file/);
});

/** `signer version` of a program that carries OpenSSL. @module */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";

const [test] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  () => Promise.resolve({}),
);

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

/**
 * The versions of the carried library and of the system's are compared by loading both, and Debian's is not unloaded. So
 * both are among the mappings of the process, and the first was printed: not always the one that signs.
 */
test("the libraries that are used are printed, not those that were looked at", async () => {
  const folder = await Deno.makeTempDir({ prefix: "signer-version-" });
  try {
    const { stdout: listed } = await new Deno.Command("/sbin/ldconfig", { args: ["-p"] }).output();
    for (const name of ["libcrypto.so.3", "libssl.so.3"]) {
      const line = new TextDecoder().decode(listed).split("\n")
        .find((line) => line.trim().startsWith(`${name} `));
      copyFileSync(line!.split(" => ")[1], join(folder, name));
    }
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-P", main, "version", "--json"],
      env: { SIGNER_CARRIED_LIBRARIES: folder, SIGNER_LIBCRYPTO: "" },
    }).output();
    const { libcrypto, libssl } = JSON.parse(new TextDecoder().decode(stdout));
    // Of equal versions the system's are used, which get updates.
    for (const { path } of [libcrypto, libssl]) {
      assert.match(path, /^\/.*\/lib(crypto|ssl)\.so\.3$/);
      assert.ok(!path.startsWith(folder), path);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

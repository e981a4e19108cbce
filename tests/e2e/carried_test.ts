/** A server with OpenSSL from memory, as the executable by `deno compile` loads it. @module */
import assert from "node:assert/strict";
import type { SignResponse } from "../../src/api/mod.ts";
import type { TlsFiles as Files } from "../_support/tls_files.ts";
import { machineLibraries } from "../_support/machine_libraries.ts";
import { gate } from "../_support/gate.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ ...await import("./_signer.ts"), ...await import("../_support/tls_files.ts") }),
);
const { call, openChannel, signing, SignerProcess, TlsFiles } = loaded;

/** Writes a module that copies the libraries to memory, and names the copies in SIGNER_LIBCRYPTO. */
async function writePreload(files: Files): Promise<string> {
  const path = files.path("preload.ts");
  await Deno.writeTextFile(
    path,
    `
      import { copied } from ${
      JSON.stringify(import.meta.resolve("../../src/ffi/libcrypto/carried.ts"))
    };
      if (Deno.env.get("SIGNER_LIBCRYPTO") === undefined) {
        for (const path of ${JSON.stringify(await machineLibraries())}) {
          const name = path.split("/").at(-1);
          Deno.symlinkSync(copied(name, new URL("file://" + path)), ${
      JSON.stringify(files.folder)
    } + "/" + name);
        }
        Deno.env.set("SIGNER_LIBCRYPTO", ${JSON.stringify(files.path("libcrypto.so.3"))});
      }
    `,
  );
  return path;
}

for (const workers of ["0", "2"]) {
  test(`OpenSSL in memory signs and speaks TLS with ${workers} workers`, async () => {
    await using files = await TlsFiles.create();
    await files.issue("server", { names: ["localhost"] });
    await using server = await SignerProcess.startWith(
      ["--preload", await writePreload(files)],
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--workers", workers],
      ...files.options("server"),
    );
    using context = files.ca.clientContext();
    // More connections than workers.
    for (let i = 0; i < 4; i++) {
      using channel = openChannel({
        addresses: server.addresses,
        authority: "localhost",
        tls: { context },
      });
      const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(8) };
      const { signature } = await call<SignResponse>(channel, signing.Sign, request);
      assert.ok(signature.length > 60);
    }
    const maps = await Deno.readTextFile(`/proc/${server.pid}/maps`);
    const libraries = new Set(maps.match(/\S*lib(crypto|ssl)\.so\S*/g));
    assert.ok(libraries.has("/memfd:libcrypto.so.3"), maps);
    // Beside it a newer libcrypto may be mapped, which the server has compared with this one.
    assert.deepEqual([...libraries].filter((path) => path.includes("libssl")), [
      "/memfd:libssl.so.3",
    ]);
    assert.equal(await server.stop(), 0);
  });
}

/** The libraries of cryptography that an executable carries, loaded from memory. @module */
import assert from "node:assert/strict";
import { awsLcLibrary } from "../_support/aws_lc.ts";
import { gate } from "../_support/gate.ts";
import { runCode } from "../_support/run_code.ts";

const [test, { inMemory }] = await gate(
  ["env", "ffi", "read", "run"],
  () => import("../../src/ffi/libcrypto/carried.ts"),
);

test("a program without libraries carries none", () => {
  assert.equal(inMemory("libssl.so.3", new URL("file:///nonexistent/libssl.so.3")), undefined);
});

/** Loads both libraries from memory, prints their mappings, and signs nothing. In a process of its own. */
const code = `
  import { inMemory } from ${
  JSON.stringify(import.meta.resolve("../../src/ffi/libcrypto/carried.ts"))
};
  const [crypto, ssl] = ["libcrypto.so.3", "libssl.so.3"].map((name, at) =>
    inMemory(name, new URL("file://" + Deno.args[at])));
  if (inMemory("libssl.so.3", new URL("file:///nonexistent")) !== ssl) throw new Error("copied twice");
  Deno.dlopen(crypto, { OpenSSL_version_num: { parameters: [], result: "u64" } });
  const library = Deno.dlopen(ssl, { OPENSSL_init_ssl: { parameters: ["u64", "pointer"], result: "i32" } });
  if (library.symbols.OPENSSL_init_ssl(0n, null) !== 1) throw new Error("libssl does not start");
  const maps = Deno.readTextFileSync("/proc/self/maps");
  console.log([...new Set(maps.match(/\\S*lib(crypto|ssl)\\S*/g))].sort().join("\\n"));
`;

test("libssl finds the libcrypto in memory, and no other is loaded", async () => {
  const { stdout: maps } = await new Deno.Command("/sbin/ldconfig", { args: ["-p"] }).output();
  const paths = ["libcrypto.so.3", "libssl.so.3"].map((name) =>
    new TextDecoder().decode(maps).split("\n").find((line) => line.trim().startsWith(`${name} `))!
      .split(" => ")[1]
  );
  assert.equal(
    await runCode(code, { args: paths }),
    "/memfd:libcrypto.so.3\n/memfd:libssl.so.3\n",
  );
});

const signing = `
  import { inMemory } from ${
  JSON.stringify(import.meta.resolve("../../src/ffi/libcrypto/carried.ts"))
};
  import { openAwsLc, openLibcrypto } from ${
  JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"))
};
  const library = openAwsLc(inMemory("libaws_lc.so", new URL("file://" + Deno.args[0])));
  using generated = await openLibcrypto().generate({ algorithm: "ED25519" });
  using key = library.readPkcs8(generated.exportPkcs8());
  using signer = key.signer({});
  using verifier = generated.verifier({});
  const message = new Uint8Array(8);
  console.log(verifier.verify(message, signer.sign(message)), library.path.includes("/fd/"));
`;

test({
  name: `AWS-LC signs from memory${awsLcLibrary ? "" : " (needs deno task aws-lc)"}`,
  ignore: awsLcLibrary === undefined,
  async fn() {
    assert.equal(await runCode(signing, { args: [awsLcLibrary!] }), "true true\n");
  },
});

/** The libraries of cryptography that an executable carries, loaded from memory. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { awsLcLibrary } from "../_support/aws_lc.ts";
import { gate, ignored, onlyAsRoot } from "../_support/gate.ts";
import { machineLibraries } from "../_support/machine_libraries.ts";
import { runCode } from "../_support/run_code.ts";

const [test, { carriedFailure, copied }] = await gate(
  ["env", "ffi", "read", "run", "write"],
  () => import("../../src/ffi/libcrypto/carried.ts"),
);

const imports = `
  import { copied } from ${
  JSON.stringify(import.meta.resolve("../../src/ffi/libcrypto/carried.ts"))
};
  import { libc, openAwsLc, openLibcrypto } from ${
  JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"))
};
  const at = (path) => new URL("file://" + path);
`;

/** Copies and loads both libraries, prints the result of a function of libssl, and the files of both. */
const load = `
  const [crypto, ssl] = ["libcrypto.so.3", "libssl.so.3"].map((name, index) =>
    copied(name, at(Deno.args[index]), globalThis.places));
  if (copied("libssl.so.3", at("/nonexistent")) !== ssl) throw new Error("copied twice");
  Deno.dlopen(crypto, { OpenSSL_version_num: { parameters: [], result: "u64" } });
  const library = Deno.dlopen(ssl, { OPENSSL_init_ssl: { parameters: ["u64", "pointer"], result: "i32" } });
  if (library.symbols.OPENSSL_init_ssl(0n, null) !== 1) throw new Error("libssl does not start");
  const maps = Deno.readTextFileSync("/proc/self/maps");
`;
const printLibraries = `
  console.log([...new Set(maps.match(/\\S*lib(crypto|ssl)\\S*/g))].sort().join("\\n"));
`;
const inMemory = "/memfd:libcrypto.so.3\n/memfd:libssl.so.3\n";

test("a program without libraries carries none", () => {
  assert.equal(copied("libssl.so.3", new URL("file:///nonexistent/libssl.so.3")), undefined);
  assert.equal(carriedFailure(), undefined);
});

test("libssl finds the libcrypto in memory, and no other is loaded", async () => {
  const args = await machineLibraries();
  assert.equal(await runCode(imports + load + printLibraries, { args }), inMemory);
});

test("a library in memory cannot be changed", async () => {
  const change = `
    const path = copied("libcrypto.so.3", at(Deno.args[0]));
    for (const options of [{ append: true }, {}]) {
      try {
        Deno.writeFileSync(path, new Uint8Array(1), options);
      } catch (error) {
        console.log(error.name);
      }
    }
  `;
  const args = await machineLibraries();
  assert.equal(
    await runCode(imports + change, { args }),
    "PermissionDenied\nPermissionDenied\n",
  );
});

// A failed memfd_create(2) ended the search for OpenSSL, also where the machine had one.
test("where memory may not be executed, a folder that may is used, and keeps nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const places = `
      globalThis.places = [
        { name: "memory", copy() { throw new Error("memfd_create failed") } },
        { name: "missing", copy: (_, bytes) => libc.unnamedFile("/nonexistent", bytes) },
        { name: "folder", copy: (_, bytes) => libc.unnamedFile(Deno.args[2], bytes) },
      ];
    `;
    const files = `
      console.log(new Set(maps.match(new RegExp(Deno.args[2] + "/\\\\S+ \\\\(deleted\\\\)", "g"))).size);
    `;
    const args = [...await machineLibraries(), folder];
    assert.equal(await runCode(imports + places + load + files, { args }), "2\n");
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("without such a place the reasons are reported, and the program carries no library", async () => {
  const code = `
    import { carriedFailure } from ${
    JSON.stringify(import.meta.resolve("../../src/ffi/libcrypto/carried.ts"))
  };
    const copy = () => { throw new Error("Operation not permitted") };
    const places = [{ name: "memory", copy }, { name: "/tmp", copy }];
    for (let i = 0; i < 2; i++) console.log(copied("libcrypto.so.3", at(Deno.args[0]), places));
    console.log(carriedFailure());
  `;
  assert.equal(
    await runCode(imports + code, { args: await machineLibraries() }),
    "undefined\nundefined\nmemory: Operation not permitted; /tmp: Operation not permitted\n",
  );
});

/** Arguments of unshare(1): namespaces in which vm.memfd_noexec can be set (Linux 6.3), and a shell in them. */
const inNamespaces = ["--pid", "--fork", "--mount-proc", "sh", "-c"];
const setLevel = "echo 2 >/proc/sys/vm/memfd_noexec";

async function canForbidExecutableMemory(): Promise<boolean> {
  const args = [...inNamespaces, setLevel];
  const command = new Deno.Command("unshare", { args, stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

const mayRun = Deno.permissions.querySync({ name: "run" }).state === "granted";
const asRoot = onlyAsRoot(test);
const testWithLevel = mayRun && asRoot === test && !await canForbidExecutableMemory()
  ? ignored(test, "needs the sysctl vm.memfd_noexec")
  : asRoot;

testWithLevel("with vm.memfd_noexec = 2 libraries are loaded from memory", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "code.ts");
    await Deno.writeTextFile(file, imports + load + printLibraries);
    const run = `${setLevel} && exec "$@"`;
    const deno = [Deno.execPath(), "run", "--quiet", "--allow-all", file];
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: [...inNamespaces, run, "sh", ...deno, ...await machineLibraries()],
    }).output();
    const decoder = new TextDecoder();
    assert.equal(decoder.decode(stdout), inMemory, decoder.decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test({
  name: `AWS-LC signs from memory${awsLcLibrary ? "" : " (needs deno task aws-lc)"}`,
  ignore: awsLcLibrary === undefined,
  async fn() {
    const sign = `
      const library = openAwsLc(copied("libaws_lc.so", at(Deno.args[0])));
      using generated = await openLibcrypto().generate({ algorithm: "ED25519" });
      using key = library.readPkcs8(generated.exportPkcs8());
      using signer = key.signer({});
      using verifier = generated.verifier({});
      const message = new Uint8Array(8);
      console.log(verifier.verify(message, signer.sign(message)), library.path.includes("/fd/"));
    `;
    assert.equal(await runCode(imports + sign, { args: [awsLcLibrary!] }), "true true\n");
  },
});

/** The libraries that a program carries: `signer version` prints them, and the program uses them. @module */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { awsLcLibrary } from "../_support/aws_lc.ts";
import { gate } from "../_support/gate.ts";
import { machineLibraries } from "../_support/machine_libraries.ts";

const [test] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  () => Promise.resolve({}),
);

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "main.ts");
const needsAwsLc = awsLcLibrary ? "" : " (needs deno task aws-lc)";

/** Copies the system's libcrypto and libssl to a folder. */
async function copyOpenssl(folder: string): Promise<void> {
  for (const path of await machineLibraries()) copyFileSync(path, join(folder, basename(path)));
}

/** Runs `signer` as a program that carries the libraries of a folder, and returns its output. */
async function runCarrying(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", main, ...args],
    env: { SIGNER_CARRIED_LIBRARIES: folder, SIGNER_LIBCRYPTO: "", SIGNER_AWS_LC: "" },
  }).output();
  return new TextDecoder().decode(stdout);
}

/**
 * The versions of the carried library and of the system's are compared by loading both, and Debian's is not unloaded. So
 * both are among the mappings of the process, and the first was printed: not always the one that signs.
 */
test("the libraries in use are printed, not others that were looked at", async () => {
  const folder = await Deno.makeTempDir({ prefix: "signer-version-" });
  try {
    await copyOpenssl(folder);
    const { libcrypto, libssl, awsLc } = JSON.parse(
      await runCarrying(folder, "version", "--json"),
    );
    // Of equal versions the system's are used, which get updates.
    for (const { path } of [libcrypto, libssl]) {
      assert.match(path, /^\/.*\/lib(crypto|ssl)\.so\.3$/);
      assert.ok(!path.startsWith(folder), path);
    }
    assert.equal(awsLc, undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test({
  name: `a carried AWS-LC is printed and used${needsAwsLc}`,
  ignore: awsLcLibrary === undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "signer-version-" });
    try {
      await copyOpenssl(folder);
      const library = join(folder, "libaws_lc.so");
      copyFileSync(awsLcLibrary!, library);
      const { awsLc } = JSON.parse(await runCarrying(folder, "version", "--json"));
      assert.match(awsLc.version, /^AWS-LC \d+\.\d+\.\d+$/);
      assert.equal(awsLc.path, library);
      const found = await runCarrying(folder, "doctor", "cryptography");
      assert.match(found, /^ok {2}cryptography {2}aws-lc, AWS-LC .*, OpenSSL 3/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Sets `Deno.build.standalone`, which is true in an executable by `deno compile`. */
const standalone =
  `Object.defineProperty(Deno, "build", { value: { ...Deno.build, standalone: true } });\n`;

// AWS-LC was not used: the program looked whether the copy is a file, and may not look at files under /proc.
test({
  name: `an executable by deno compile uses and prints the libraries within it${needsAwsLc}`,
  ignore: awsLcLibrary === undefined,
  async fn() {
    const tree = await Deno.makeTempDir({ prefix: "signer-version-" });
    try {
      for (const name of ["main.ts", "deno.json", "deno.lock", "src", "proto"]) {
        Deno.symlinkSync(join(root, name), join(tree, name));
      }
      await Deno.mkdir(join(tree, "lib"));
      await copyOpenssl(join(tree, "lib"));
      copyFileSync(awsLcLibrary!, join(tree, "lib/libaws_lc.so"));
      await Deno.writeTextFile(join(tree, "standalone.ts"), standalone);
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--preload",
          "standalone.ts",
          "-P",
          "main.ts",
          "version",
          "--json",
        ],
        cwd: tree,
        env: { SIGNER_LIBCRYPTO: "", SIGNER_AWS_LC: "", SIGNER_CARRIED_LIBRARIES: "" },
      }).output();
      const { awsLc } = JSON.parse(new TextDecoder().decode(stdout) || "{}");
      assert.equal(awsLc?.path, "carried", new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(tree, { recursive: true });
    }
  },
});

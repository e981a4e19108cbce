/**
 * Builds AWS-LC into `.cache/aws-lc/libaws_lc.so`: a library that signs faster than OpenSSL on elliptic curves. To use
 * it:
 *
 *     SIGNER_AWS_LC=.cache/aws-lc/libaws_lc.so deno task signer serve
 *
 * The source comes from the Rust crate aws-lc-sys, pinned by version and checksum. Needs Linux on x86-64 or arm64 with
 * cargo, cmake and gcc, and a minute of CPU. A build of the pinned version is kept.
 *
 * The library exports the functions that the program calls, and no others: OpenSSL's libcrypto in the same process has
 * functions of the same names.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { awsLcTable } from "../src/ffi/libcrypto/aws_lc_symbols.ts";
import { fetchCrate, linkOptions, printAndRun } from "./crate_source.ts";

const crate = {
  name: "aws-lc-sys",
  version: "0.47.0",
  checksum: "8bfbe32ac36b3c428696ce315464181bc4029d689fd58e3f2a4e58c252242f52",
};

/** Options of AWS-LC's CMakeLists.txt. The crate has the generated sources, so that Go and Perl are not needed. */
const options = [
  "-DCMAKE_BUILD_TYPE=Release",
  "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
  ...["-DBUILD_TESTING=OFF", "-DBUILD_TOOL=OFF", "-DBUILD_LIBSSL=OFF"],
  ...["-DDISABLE_GO=ON", "-DDISABLE_PERL=ON", "-DENABLE_SOURCE_MODIFICATION=OFF"],
  // Seeds come from the kernel and from RDRAND, as OpenSSL's do, in place of a measurement of the processor's jitter.
  "-DDISABLE_CPU_JITTER_ENTROPY=ON",
];

const folder = fileURLToPath(new URL("../.cache/aws-lc", import.meta.url));
const stamp = join(folder, "built");
const heap = fileURLToPath(new URL("./aws_lc/secure_heap.c", import.meta.url));
const exported = Object.keys(awsLcTable.functions);

/** A hash of all that the library is made of. */
async function recipe(): Promise<string> {
  const parts = [crate, options, linkOptions, exported, await Deno.readTextFile(heap)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

async function build(work: string): Promise<void> {
  const source = join(await fetchCrate(work, crate), "aws-lc");
  const made = join(work, "build");
  await printAndRun(work, "cmake", [
    ...["-S", source, "-B", made, ...options],
    // Without the path of the folder, equal sources make equal libraries.
    `-DCMAKE_C_FLAGS=-ffunction-sections -fdata-sections -ffile-prefix-map=${work}=.`,
  ]);
  const jobs = `${navigator.hardwareConcurrency}`;
  await printAndRun(work, "cmake", ["--build", made, "--target", "crypto", "--parallel", jobs]);
  const script = join(work, "exports.map");
  await Deno.writeTextFile(script, `{ global: ${exported.join("; ")}; local: *; };\n`);
  const output = join(folder, "libaws_lc.so");
  await printAndRun(work, "gcc", [
    ...["-O2", "-fPIC", "-Wall", `-I${join(source, "include")}`],
    ...[...linkOptions, "-Wl,-soname,libaws_lc.so", `-Wl,--version-script=${script}`],
    "-Wl,--gc-sections",
    ...exported.map((name) => `-Wl,-u,${name}`),
    ...["-o", output, heap, join(made, "crypto", "libcrypto.a")],
  ]);
  await printAndRun(work, "strip", ["--strip-unneeded", output]);
}

if (Deno.build.os !== "linux") throw new Error(`There is no build for ${Deno.build.target}`);
const wanted = await recipe();
if (await Deno.readTextFile(stamp).catch(() => undefined) !== wanted) {
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ dir: folder });
  try {
    await build(work);
    await Deno.writeTextFile(stamp, wanted);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
console.log(`AWS-LC of ${crate.name} ${crate.version} is in ${folder}`);

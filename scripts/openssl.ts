/**
 * Builds libcrypto and libssl from OpenSSL's source into `.cache/openssl`: a newer version than many systems have,
 * with the 64-bit arithmetic of P-521, which a default build lacks. To use it:
 *
 *     SIGNER_LIBCRYPTO=.cache/openssl/libcrypto.so.3 deno task signer serve
 *
 * The source comes from the Rust crate openssl-src, pinned by version and checksum. Needs Linux on x86-64 or
 * arm64 with cargo, perl, make and gcc, and 4 minutes of CPU. A build of the pinned version is kept.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchCrate, linkOptions, printAndRun } from "./crate_source.ts";

/** The crate. The part of the version behind the plus sign is that of OpenSSL. */
const crate = {
  name: "openssl-src",
  version: "300.6.1+3.6.3",
  checksum: "46eb8fb9fb3b61ce1c0f8a026c4c1a0714d3a9e138e7fbde78753ce2babc3846",
};

/** Options of Configure (INSTALL.md of OpenSSL, "Enable and Disable Features"). */
const OPTIONS = [
  // The crate lacks util/mkdef.pl, which the build of shared libraries needs: `link()` links them.
  "no-shared",
  // P-521 in 300 µs instead of 1,900.
  "enable-ec_nistp_64_gcc_128",
  ...["no-apps", "no-docs", "no-tests", "no-legacy", "no-engine", "no-module", "no-dso"],
  ...["--prefix=/usr", "--openssldir=/etc/ssl"],
];

const targets: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "linux-x86_64",
  "aarch64-unknown-linux-gnu": "linux-aarch64",
};

const folder = fileURLToPath(new URL("../.cache/openssl", import.meta.url));
const stamp = join(folder, "built");

/** Links a shared library from a static one, and strips it. */
async function link(source: string, name: string, ...libraries: string[]): Promise<void> {
  const output = join(folder, `${name}.so.3`);
  const whole = ["-Wl,--whole-archive", `${name}.a`, "-Wl,--no-whole-archive"];
  const identity = `-Wl,-soname,${name}.so.3`;
  await printAndRun(source, "gcc", [
    ...[...linkOptions, identity, "-o", output, ...whole, ...libraries],
  ]);
  await printAndRun(source, "strip", ["--strip-unneeded", output]);
}

const target = targets[Deno.build.target];
if (target === undefined) throw new Error(`There is no build for ${Deno.build.target}`);
if (await Deno.readTextFile(stamp).catch(() => undefined) !== crate.checksum) {
  await Deno.mkdir(folder, { recursive: true });
  const work = await Deno.makeTempDir({ dir: folder });
  try {
    const source = join(await fetchCrate(work, crate), "openssl");
    await printAndRun(source, "perl", ["Configure", target, ...OPTIONS]);
    await printAndRun(source, "make", [`-j${navigator.hardwareConcurrency}`, "build_libs"]);
    await link(source, "libcrypto");
    // $ORIGIN (ld.so(8)): libssl finds its own libcrypto beside it.
    await link(source, "libssl", "-Wl,-rpath,$ORIGIN", `-L${folder}`, "-l:libcrypto.so.3");
    await Deno.writeTextFile(stamp, crate.checksum);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
console.log(`OpenSSL ${crate.version.split("+")[1]} is in ${folder}`);

/**
 * Makes one executable of the program, `dist/signer`:
 *
 *     deno task compile              by `deno compile`, which needs the program `denort`
 *     deno task compile --portable   by the Deno at hand: a shell script with an archive behind it
 *
 * `deno compile` downloads `denort` from Deno's site, unless the environment variable DENORT_BIN names it. The portable
 * executable unpacks its archive once, into a cache folder (`scripts/compile/head.sh`). Both carry OpenSSL: the build
 * of `deno task openssl` where there is one, or else that of this machine.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./compile/compile.ts";
import { findAwsLc } from "./compile/libraries.ts";
import { makePortable } from "./compile/portable.ts";

const { values: options } = parseArgs({
  options: {
    portable: { type: "boolean", default: false },
    output: { type: "string", default: "dist/signer" },
  },
});

const make = options.portable ? makePortable : compile;
const summary = await make(options.output);
await expectLibraries(options.output);
console.log(summary);

/**
 * Starts an executable with a cache of its own, and checks that it loads libssl, and AWS-LC if it carries that. The cache
 * is beside the executable: where that runs, its cache can be used, and it leaves none in the usual places.
 */
async function expectLibraries(executable: string): Promise<void> {
  const cache = await Deno.makeTempDir({ dir: dirname(resolve(executable)), prefix: ".cache-" });
  try {
    const { stdout, stderr } = await new Deno.Command(resolve(executable), {
      args: ["version", "--json"],
      env: { SIGNER_CACHE: cache, SIGNER_LIBCRYPTO: "" },
    }).output();
    const decoder = new TextDecoder();
    const said = decoder.decode(stdout);
    const expected = await findAwsLc() === undefined ? ["libssl"] : ["libssl", "awsLc"];
    const missing = expected.filter((name) => !said.includes(`"${name}"`));
    if (missing.length > 0) {
      throw new Error(
        `${executable} does not load ${missing.join(" and ")}:\n${said}${decoder.decode(stderr)}`,
      );
    }
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

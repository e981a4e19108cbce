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
import { parseArgs } from "node:util";
import { compile } from "./compile/compile.ts";
import { makePortable } from "./compile/portable.ts";

const { values: options } = parseArgs({
  options: {
    portable: { type: "boolean", default: false },
    output: { type: "string", default: "dist/signer" },
  },
});

const make = options.portable ? makePortable : compile;
const summary = await make(options.output);
console.log(summary);

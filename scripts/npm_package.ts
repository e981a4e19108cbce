/**
 * Makes the npm package of the program, for users who have only Node.js: one bundle, and an exact dependency on Deno.
 *
 *     deno task npm             dist/npm/*.tgz, by `npm pack`
 *     deno task npm --check     also installs it into a folder, and uses it there
 *
 * @module
 */
import { parseArgs } from "node:util";
import { checkPackage } from "./npm/check.ts";
import { makePackage } from "./npm/package.ts";

const { values } = parseArgs({
  options: {
    output: { type: "string", default: "dist/npm" },
    check: { type: "boolean", default: false },
  },
});

const archive = await makePackage(values.output);
console.log(archive);
if (values.check) await checkPackage(archive);

/**
 * Writes the manual pages of the program and of each command to `dist/man`, from the declarations of the command line:
 * `signer.1`, `signer-serve.1`, `signer-call-sign.1`.
 *
 *     deno task man [--output FOLDER]
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { loadProgram } from "../src/cli/program.ts";
import { manualPages } from "./man/page.ts";
import { describeCommit } from "./sbom/build.ts";

const { values } = parseArgs({ options: { output: { type: "string", default: "dist/man" } } });

const { date } = await describeCommit();
const release = { version: config.version, date: date.slice(0, 10) };
await Deno.mkdir(values.output, { recursive: true });
const pages = manualPages(await loadProgram(), release);
for (const [name, text] of pages) await Deno.writeTextFile(join(values.output, name), text);
console.log(`${values.output}: ${pages.size} pages`);

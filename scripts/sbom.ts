/**
 * Writes the program's software bill of materials, `dist/signer.cdx.json` (CycloneDX): its npm packages by deno.lock,
 * Deno and V8, and the OpenSSL that an executable carries.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { describeBuild } from "./sbom/build.ts";
import { cycloneDx } from "./sbom/cyclonedx.ts";

const { values } = parseArgs({
  options: { output: { type: "string", default: "dist/signer.cdx.json" } },
});

const { subject, components } = await describeBuild();
const folder = values.output.replace(/[^/]*$/, "");
if (folder !== "") await Deno.mkdir(folder, { recursive: true });
const bill = cycloneDx(subject, components);
await Deno.writeTextFile(values.output, `${JSON.stringify(bill, undefined, 2)}\n`);
console.log(`${values.output}: ${components.length} components`);

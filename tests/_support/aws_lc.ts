/** The AWS-LC that tests use. @module */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../.cache/aws-lc/libaws_lc.so", import.meta.url));
const canLook = Deno.permissions.querySync({ name: "read" }).state === "granted";

/** The path of the library of `deno task aws-lc`; undefined where it has not run, or cannot be looked for. */
export const awsLcLibrary: string | undefined = canLook && existsSync(built) ? built : undefined;

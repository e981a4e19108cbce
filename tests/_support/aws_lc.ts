/** The AWS-LC that tests use. @module */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../.cache/aws-lc/libaws_lc.so", import.meta.url));

/**
 * The path of the library of `deno task aws-lc`; undefined where it has not run, or cannot be looked for: its tests are
 * ignored then.
 *
 * @throws {Error} when it has not run and SIGNER_REQUIRE_PEERS is 1, as in CI
 */
export const awsLcLibrary: string | undefined = find();

function find(): string | undefined {
  const canLook = (["env", "read"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (!canLook) return undefined;
  if (existsSync(built)) return built;
  if (Deno.env.get("SIGNER_REQUIRE_PEERS") === "1") {
    throw new Error("The tests need AWS-LC: deno task aws-lc");
  }
  return undefined;
}

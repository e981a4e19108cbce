import type { CryptoProvider } from "../../src/crypto/mod.ts";
import { awsLcLibrary } from "../_support/aws_lc.ts";

/** Names of the providers, with aws-lc where the library is built: the tests of this folder run with each. */
export const providerNames = [
  ...awsLcLibrary === undefined ? [] : ["aws-lc" as const],
  "openssl",
  "builtin",
] as const;

/** The providers by their names; aws-lc is there when it is among the names. */
type Providers = Record<typeof providerNames[number], CryptoProvider>;

/**
 * Loads the crypto module and opens the providers. For `gate()`, outside of tests: libraries stay loaded, and the
 * sanitizer reports a test that loads one.
 */
export async function loadCrypto() {
  const crypto = await import("../../src/crypto/mod.ts");
  const opened = providerNames.map((name) => [name, crypto.openProvider(name).provider]);
  const providers: Providers = Object.fromEntries(opened);
  return { ...crypto, providers };
}

import type { CryptoProvider } from "../../src/crypto/mod.ts";

/** Names of both providers: the tests of this folder run with each. */
export const providerNames = ["openssl", "builtin"] as const;

/**
 * Loads the crypto module and opens both providers. For `gate()`, outside of tests: libcrypto stays loaded, and the
 * sanitizer reports a test that loads a library.
 */
export async function loadCrypto() {
  const crypto = await import("../../src/crypto/mod.ts");
  const opened = providerNames.map((name) => [name, crypto.openProvider(name).provider]);
  const providers: Record<typeof providerNames[number], CryptoProvider> = Object.fromEntries(
    opened,
  );
  return { ...crypto, providers };
}

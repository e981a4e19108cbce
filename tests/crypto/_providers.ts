import type { CryptoProvider } from "../../src/crypto/mod.ts";

/** The providers, all of which the tests of this folder run over. */
export const providerNames = ["openssl", "builtin"] as const;

/**
 * What the tests use, with every provider opened: for `gate()`, outside of any test, because libcrypto
 * stays loaded and a test that loads a library is taken for one that leaks it.
 */
export async function loadCrypto() {
  const crypto = await import("../../src/crypto/mod.ts");
  const opened = providerNames.map((name) => [name, crypto.openProvider(name).provider]);
  const providers: Record<typeof providerNames[number], CryptoProvider> = Object.fromEntries(
    opened,
  );
  return { ...crypto, providers };
}

/** The choice between the two providers. @module */
import { openBuiltin } from "./builtin/mod.ts";
import { CryptoError } from "./errors.ts";
import { openOpenssl } from "./openssl/mod.ts";
import type { CryptoProvider } from "./provider.ts";

/** The choice of a provider: `auto` is openssl where OpenSSL 3 is installed, and builtin elsewhere. */
export type ProviderChoice = "auto" | "openssl" | "builtin";

/** An opened provider. */
export interface OpenedProvider {
  readonly provider: CryptoProvider;
  /** The error that kept `auto` from using libcrypto. To be shown to people. */
  readonly fallbackReason?: CryptoError;
}

/**
 * Opens a provider. libcrypto is loaded once on a thread, and stays loaded.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE` when `openssl` is chosen and cannot be loaded
 */
export function openProvider(choice: ProviderChoice): OpenedProvider {
  if (choice === "builtin") return { provider: openBuiltin() };
  try {
    return { provider: openOpenssl() };
  } catch (error) {
    const missing = error instanceof CryptoError && error.code === "PROVIDER_UNAVAILABLE";
    if (choice === "openssl" || !missing) throw error;
    return { provider: openBuiltin(), fallbackReason: error };
  }
}

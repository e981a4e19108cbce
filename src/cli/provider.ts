import { type CryptoProvider, openProvider, type ProviderChoice } from "../crypto/mod.ts";
import { warn } from "./output.ts";

/**
 * Opens the provider of `--provider`, and says so where it is not the one that `auto` prefers.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE`
 */
export function openChosenProvider(choice: ProviderChoice): CryptoProvider {
  const { provider, fallbackReason } = openProvider(choice);
  if (fallbackReason) {
    warn(`OpenSSL 3 cannot be used, so the slower builtin provider is: ${fallbackReason.message}`);
  }
  return provider;
}

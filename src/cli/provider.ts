/** The cryptography provider of `--provider`. @module */
import { type CryptoProvider, openProvider, type ProviderChoice } from "../crypto/mod.ts";
import { warn } from "./output.ts";

/**
 * Opens the chosen provider, with a warning when `auto` falls back to the slower one.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE`
 */
export function openChosenProvider(choice: ProviderChoice): CryptoProvider {
  const { provider, fallbackReason } = openProvider(choice);
  if (fallbackReason) {
    warn(
      `OpenSSL 3 is not available, using the slower builtin provider: ${fallbackReason.message}`,
    );
  }
  return provider;
}

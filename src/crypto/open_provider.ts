/** The choice of a provider. @module */
import { openBuiltin } from "./builtin/mod.ts";
import { CryptoError } from "./errors.ts";
import { hasAwsLc, openAwsLcProvider, openOpenssl } from "./openssl/mod.ts";
import type { CryptoProvider } from "./provider.ts";

/**
 * The choice of a provider. `auto` is aws-lc where the program carries AWS-LC or `SIGNER_AWS_LC` names it, else openssl
 * where OpenSSL 3 is installed, and builtin elsewhere.
 */
export type ProviderChoice = "auto" | "openssl" | "aws-lc" | "builtin";

/** An opened provider. */
export interface OpenedProvider {
  readonly provider: CryptoProvider;
  /** The error that kept `auto` from a faster provider. To be shown to people. */
  readonly fallbackReason?: CryptoError;
}

/** The providers that `auto` tries. The fastest is first. */
const openers = [
  { name: "aws-lc", open: openAwsLcProvider },
  { name: "openssl", open: () => openOpenssl() },
  { name: "builtin", open: openBuiltin },
] as const;

/**
 * Opens a provider. A library is loaded once on a thread, and stays loaded.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE` when a chosen provider other than `auto` cannot be loaded
 */
export function openProvider(choice: ProviderChoice): OpenedProvider {
  let fallbackReason: CryptoError | undefined;
  for (const { name, open } of openers) {
    if (choice === "auto" ? name === "aws-lc" && !hasAwsLc() : name !== choice) {
      continue;
    }
    try {
      const provider = open();
      return fallbackReason === undefined ? { provider } : { provider, fallbackReason };
    } catch (error) {
      const missing = error instanceof CryptoError && error.code === "PROVIDER_UNAVAILABLE";
      if (choice !== "auto" || !missing) throw error;
      fallbackReason = error;
    }
  }
  throw new TypeError(`There is no crypto provider ${choice}`);
}

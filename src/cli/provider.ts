/** The cryptography provider of `--provider`. @module */
import {
  type CryptoProvider,
  type FasterLibrary,
  findFasterLibraries,
  type KeyStore,
  openProvider,
  type ProviderChoice,
} from "../crypto/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { warn } from "./output.ts";

/**
 * Opens the chosen provider, with a warning when `auto` falls back to the slower one.
 *
 * @throws {CryptoError} `PROVIDER_UNAVAILABLE`
 */
export function openChosenProvider(choice: ProviderChoice): CryptoProvider {
  const { provider, fallbackReason } = openProvider(choice);
  if (fallbackReason) {
    const missing = provider.name === "builtin" ? "OpenSSL 3" : "AWS-LC";
    warn(
      `${missing} is not available, using the slower ${provider.name} provider: ${fallbackReason.message}`,
    );
  }
  return provider;
}

/** Describes a faster library, such as `rsa-3072 2.4 times as fast by OpenSSL 3.6.3 ...: set SIGNER_LIBCRYPTO=...`. */
export function formatFasterLibrary(
  { path, variable, version, speedups }: FasterLibrary,
): string {
  const factors = [...speedups].map(([type, factor]) => `${type} ${factor.toFixed(1)} times`);
  return `${factors.join(", ")} as fast by ${version}: set ${variable}=${path}`;
}

/** Logs when another library of this machine signs faster with the keys of a server. */
export async function adviseOnLibrary(
  { name }: CryptoProvider,
  keys: KeyStore,
  log: Logger,
): Promise<void> {
  if (name === "builtin") return;
  const faster = await findFasterLibraries(() => {
    const versions = keys.list().flatMap(({ id }) => keys.get(id).versions);
    return versions.flatMap(({ privateKey }) => privateKey ?? []);
  });
  for (const library of faster) {
    log.info("Another library of cryptography is faster", { advice: formatFasterLibrary(library) });
  }
}

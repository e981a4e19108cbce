/** The loading of TLS where options ask for it. @module */
import { type ClientTlsOptions, wantsTls } from "./options/mod.ts";
import type { ClientTls } from "./tls.ts";

/**
 * Loads the TLS settings that the options name; undefined for plaintext.
 *
 * @throws {CliError | CryptoError} as `ClientTls.load()`
 */
export async function loadTls(options: ClientTlsOptions): Promise<ClientTls | undefined> {
  if (!wantsTls(options)) return undefined;
  const { ClientTls } = await import("./tls.ts");
  return await ClientTls.load(options);
}

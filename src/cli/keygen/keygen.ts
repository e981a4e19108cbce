/** The two operations of `signer keygen`. @module */
import { usageError } from "../exit.ts";
import { makeDevCa } from "./dev_ca.ts";
import { exportPublicKey } from "./export_public_key.ts";
import { makeKey } from "./make_key.ts";
import type { KeygenOptions } from "./options.ts";

/** Makes a key, or exports the public half of a key, by the options. */
export async function keygen(options: KeygenOptions): Promise<void> {
  const { type, from, devCa } = options;
  if (devCa !== undefined) return await makeDevCa({ ...options, devCa });
  if (options.host !== undefined) {
    throw usageError("--host is for the certificate of --dev-ca", "Name a directory with --dev-ca");
  }
  if (type !== undefined) return await makeKey({ ...options, type });
  if (from === undefined) {
    throw usageError(
      options.public ? "No key to export is named" : "No key type is named",
      options.public
        ? "Name it with --from KEY"
        : "Name its type, as in --type ecdsa-p256, or an existing key with --from KEY --public",
    );
  }
  if (!options.public) {
    throw usageError(
      `No operation is named for the key ${from}`,
      "Add --public to export its public half",
    );
  }
  await exportPublicKey({ ...options, from });
}

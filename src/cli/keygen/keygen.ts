import { usageError } from "../exit.ts";
import { exportPublicKey } from "./export_public_key.ts";
import { makeKey } from "./make_key.ts";
import type { KeygenOptions } from "./options.ts";

/** Makes a key, or exports the public half of one, as the options say. */
export async function keygen(options: KeygenOptions): Promise<void> {
  const { type, from } = options;
  if (type !== undefined) return await makeKey({ ...options, type });
  if (from === undefined) {
    throw usageError(
      options.public ? "There is no key to export the public half of" : "There is no key to make",
      "Name its type with --type, or an existing key with --from KEY --public",
    );
  }
  if (!options.public) {
    throw usageError(
      `Nothing was asked of the key ${from}`,
      "Add --public to export its public half",
    );
  }
  await exportPublicKey({ ...options, from });
}

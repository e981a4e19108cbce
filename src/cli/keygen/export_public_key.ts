/** `signer keygen --from KEY --public`: the public half of a key. @module */
import {
  encodePublicKey,
  readPrivateKeyFile,
  thumbprint,
  writePublicKeyFile,
} from "../../crypto/mod.ts";
import { note, writeResult } from "../output.ts";
import { Passphrases } from "../passphrase/mod.ts";
import { openChosenProvider } from "../provider.ts";
import { refuseBinaryOnTerminal, refuseUnwritable } from "./_refusals.ts";
import type { KeygenOptions } from "./options.ts";

/** Reads a private key, and writes its public half to the place that the options name. */
export async function exportPublicKey(
  options: KeygenOptions & { readonly from: string },
): Promise<void> {
  const { from, publicOut, format, force = false, allowInsecureKeyFiles = false } = options;
  if (publicOut === undefined) refuseBinaryOnTerminal(format, "--public-out");
  await refuseUnwritable([publicOut], options);
  using passphrases = new Passphrases(options, "start");
  using key = await readPrivateKeyFile(openChosenProvider(options.provider), from, {
    allowInsecure: allowInsecureKeyFiles,
    passphrase: () => passphrases.read(`Passphrase of ${from}: `),
  });
  const encoded = encodePublicKey(key.publicKey, format);
  if (publicOut === undefined) {
    writeResult(encoded);
  } else {
    await writePublicKeyFile(publicOut, encoded, { force });
    note(`public key: ${publicOut}`);
  }
  note(`thumbprint: ${thumbprint(key.publicKey)}`);
}

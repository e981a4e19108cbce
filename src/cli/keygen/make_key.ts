/** `signer keygen --type`: a new key, and its public half. @module */
import { fstatSync } from "node:fs";
import { resolve } from "node:path";
import {
  encodePrivateKey,
  encodePublicKey,
  type PrivateKey,
  type PublicKey,
  thumbprint,
  writePrivateKeyFile,
  writePublicKeyFile,
} from "../../crypto/mod.ts";
import { usageError } from "../exit.ts";
import { note, warn, writeDiagnostic, writeResult } from "../output.ts";
import { passphraseToCreate } from "../passphrase/mod.ts";
import { openChosenProvider } from "../provider.ts";
import { withSpinner } from "../spinner.ts";
import { refuseBinaryOnTerminal, refuseUnwritable } from "./_refusals.ts";
import type { KeygenOptions } from "./options.ts";

type Options = KeygenOptions & { readonly type: NonNullable<KeygenOptions["type"]> };

/** Makes a private key, and writes it and its public half to the places that the options name. */
export async function makeKey(options: Options): Promise<void> {
  await refuseWrongOptions(options);
  const provider = openChosenProvider(options.provider);
  const passphrase = await passphraseToCreate(options);
  try {
    const message = `making a key of type ${options.type}`;
    using key = await withSpinner(message, provider.generate(options.type));
    await putKeys(key, passphrase, options);
  } finally {
    passphrase?.fill(0);
  }
}

/** Writes both keys or neither: the public key is removed if the private key cannot be written. */
async function putKeys(
  key: PrivateKey,
  passphrase: Uint8Array | undefined,
  options: Options,
): Promise<void> {
  const { publicOut, format, force = false } = options;
  if (publicOut !== undefined) {
    await writePublicKeyFile(publicOut, encodePublicKey(key.publicKey, format), { force });
  }
  try {
    await putPrivateKey(key, passphrase, options);
  } catch (error) {
    // With --force a file that was there before is gone already.
    if (publicOut !== undefined && !force) await Deno.remove(publicOut);
    throw error;
  }
  showPublicKey(key.publicKey, publicOut);
}

/** Refuses options that would fail after the work: a key of 4,096 bits takes seconds. */
async function refuseWrongOptions(options: Options): Promise<void> {
  const { out, publicOut, format, passphraseFile, passphrasePrompt } = options;
  if (out !== undefined && publicOut !== undefined && resolve(out) === resolve(publicOut)) {
    throw usageError(
      `Both keys would go to ${out}`,
      "Name two different files with --out and --public-out",
    );
  }
  if (format === "jwk" && (passphraseFile !== undefined || passphrasePrompt)) {
    throw usageError("A JWK cannot be encrypted", "Use --format pem or der, or no passphrase");
  }
  if (out === undefined) refuseBinaryOnTerminal(format, "--out");
  await refuseUnwritable([out, publicOut], options);
}

async function putPrivateKey(
  key: PrivateKey,
  passphrase: Uint8Array | undefined,
  { out, format, force = false }: Options,
): Promise<void> {
  const encoded = encodePrivateKey(key, format, passphrase);
  try {
    if (out === undefined) {
      warnOfReaders();
      writeResult(encoded);
    } else {
      await writePrivateKeyFile(out, encoded, { force });
      note(`${passphrase ? "encrypted " : ""}private key (${key.type}): ${out}`);
    }
  } finally {
    encoded.fill(0);
  }
}

/** Warns if others than the user could read a private key on standard output. */
function warnOfReaders(): void {
  if (Deno.stdout.isTerminal()) {
    warn("the private key is printed to the terminal; --out writes it to a file of mode 0600");
    return;
  }
  // Deno's own API has no fstat of standard output.
  const output = fstatSync(1);
  if (output.isFile() && (output.mode & 0o077) !== 0) {
    warn(
      "others can read the file that the private key is written to; --out makes one of mode 0600",
    );
  }
}

/** Shows the thumbprint, and the public key itself where it went to no file. */
function showPublicKey(publicKey: PublicKey, publicOut: string | undefined): void {
  if (publicOut !== undefined) note(`public key: ${publicOut}`);
  note(`thumbprint: ${thumbprint(publicKey)}`);
  if (publicOut === undefined) {
    writeDiagnostic(new TextDecoder().decode(encodePublicKey(publicKey, "pem")));
  }
}

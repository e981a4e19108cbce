/** `signer keygen --dev-ca`. @module */
import { reasonOf } from "../../files/mod.ts";
import { DEV_CA_DAYS, devCaFiles, writeDevCa } from "../dev_ca.ts";
import { usageError } from "../exit.ts";
import { note } from "../output.ts";
import { openChosenProvider } from "../provider.ts";
import { refuseUnwritable } from "./_refusals.ts";
import type { KeygenOptions } from "./options.ts";

/**
 * Makes `ca.pem`, `server.pem` and `client.pem` in a directory, each with its private key beside it
 * (`ca.key`). The directory is created where there is none.
 *
 * @throws {CliError} for a file that is there, unless `--force` is given
 * @throws {CryptoError} `KEY_FILE`, `BAD_NAME`
 */
export async function makeDevCa(
  options: KeygenOptions & { readonly devCa: string },
): Promise<void> {
  const { devCa: directory, host = [], force = false } = options;
  if (directory === "") throw usageError("The directory of --dev-ca is empty", "Name one");
  const files = devCaFiles(directory);
  const { ca, server, client } = files;
  await makeDirectory(directory);
  await refuseUnwritable(
    [ca, server, client].flatMap(({ certificate, privateKey }) => [certificate, privateKey]),
    options,
  );
  await writeDevCa(openChosenProvider(options.provider), files, { hosts: host, force });
  // A note is one line: a line feed in it would be escaped.
  note(`certificates for ${DEV_CA_DAYS} days are in ${directory}; serve and call with mutual TLS:`);
  note(
    `  signer serve --tls-cert ${server.certificate} --tls-key ${server.privateKey} ` +
      `--tls-client-ca ${ca.certificate}`,
  );
  note(
    `  signer call --tls-ca ${ca.certificate} --tls-cert ${client.certificate} ` +
      `--tls-key ${client.privateKey} echo hello`,
  );
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o755 });
  } catch (cause) {
    const isFile = cause instanceof Deno.errors.AlreadyExists;
    const reason = isFile ? "there is a file of this name" : reasonOf(cause);
    throw usageError(
      `The directory ${JSON.stringify(directory)} cannot be made: ${reason}`,
      "Name another with --dev-ca",
    );
  }
}

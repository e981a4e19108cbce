/** The metadata of requests: of `-H`, of files of headers, and the token of the client. @module */
import { usageError } from "../exit.ts";
import { warn } from "../output.ts";
import { type HeaderLine, type RequestHeaders, requestHeaders } from "./headers.ts";
import type { TokenOptions } from "./options/mod.ts";

const AUTHORIZATION = "authorization";

/** The environment variable that held a token, in earlier versions. */
const FORMER_VARIABLE = "SIGNER_TOKEN";

/** The options of a command for its request metadata. */
export interface HeaderOptions extends TokenOptions {
  readonly header?: readonly string[];
}

/**
 * Returns the metadata of the `-H` options and of the files that they name, with the token of `--token-file`.
 *
 * @param addresses of the servers, as `formatAddress()` writes them
 * @param usesTls whether the connections to the addresses are encrypted
 * @throws {CliError} for wrong options, and when a connection would show a token to the network
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 */
export async function authorizedHeaders(
  options: HeaderOptions,
  addresses: readonly string[],
  usesTls: boolean,
): Promise<RequestHeaders> {
  const { tokenFile, allowPlaintextToken = false } = options;
  const { metadata, secrets } = await readHeaders(options);
  if (tokenFile !== undefined) {
    if (metadata.get(AUTHORIZATION) !== undefined) {
      throw usageError("--token-file and -H authorization cannot be given together");
    }
    const { readClientToken } = await import("./secret_files.ts");
    metadata.add(AUTHORIZATION, `Bearer ${await readClientToken(tokenFile)}`);
  }
  if (metadata.get(AUTHORIZATION) === undefined) warnOfFormerVariable();
  else if (!usesTls && !allowPlaintextToken) {
    const { refuseNetwork } = await import("./secret_files.ts");
    refuseNetwork(addresses);
  }
  return { metadata, secrets: new Set([...secrets, AUTHORIZATION]) };
}

/**
 * Returns the metadata of the `-H` options and of the files that they name.
 *
 * @throws {CliError} for wrong headers
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 */
export async function readHeaders({ header = [] }: HeaderOptions): Promise<RequestHeaders> {
  const lines: HeaderLine[] = [];
  for (const text of header) {
    if (text.startsWith("@")) {
      // Loads cryptography, which most calls do not need.
      const { readHeaderFile } = await import("./secret_files.ts");
      lines.push(...await readHeaderFile(text.slice(1)));
    } else {
      lines.push({ text });
    }
  }
  return requestHeaders(lines, (name) => Deno.env.get(name));
}

let isWarned = false;

/** Warns once of the variable of a token. A call without a token does no harm, so the command goes on. */
function warnOfFormerVariable(): void {
  if (isWarned || !Deno.env.get(FORMER_VARIABLE)) return;
  isWarned = true;
  warn(
    `${FORMER_VARIABLE} is set, but no token is read from the environment: name a file with --token-file`,
  );
}

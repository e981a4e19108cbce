/** The metadata of requests: of `-H`, of files of headers, and the token of the client. @module */
import { isLoopbackHost, parseAddress } from "../../net/mod.ts";
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
 * Reads the metadata of requests: of the `-H` options and the files that they name, with the token of `--token-file`.
 *
 * @throws {CliError} for wrong options
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 */
export async function readHeaders(
  { header = [], tokenFile }: HeaderOptions,
): Promise<RequestHeaders> {
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
  const { metadata, secrets } = requestHeaders(lines, (name) => Deno.env.get(name));
  if (tokenFile !== undefined) {
    if (metadata.get(AUTHORIZATION) !== undefined) {
      throw usageError("--token-file and -H authorization cannot be given together");
    }
    const { readClientToken } = await import("./secret_files.ts");
    metadata.add(AUTHORIZATION, `Bearer ${await readClientToken(tokenFile)}`);
  }
  if (metadata.get(AUTHORIZATION) === undefined) warnOfFormerVariable();
  return { metadata, secrets: new Set([...secrets, AUTHORIZATION]) };
}

/**
 * Refuses to send a token in plaintext over a network: over TCP, unless to this machine.
 *
 * @param addresses of the servers, as `formatAddress()` writes them
 * @param usesTls whether the connections to the addresses are encrypted
 * @throws {CliError}
 */
export function refuseOpenToken(
  { metadata }: RequestHeaders,
  { allowPlaintextToken = false }: TokenOptions,
  addresses: readonly string[],
  usesTls: boolean,
): void {
  if (usesTls || allowPlaintextToken || metadata.get(AUTHORIZATION) === undefined) return;
  const open = addresses.find((text) => {
    const address = parseAddress(text);
    return address.transport === "tcp" && !isLoopbackHost(address.host);
  });
  if (open === undefined) return;
  throw usageError(
    `The token would be sent to ${open} without encryption`,
    "Use --tls or --tls-ca, or insist with --allow-plaintext-token",
  );
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

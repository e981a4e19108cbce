/** Request metadata with the client's token. @module */
import { Metadata } from "../../grpc/mod.ts";
import { usageError } from "../exit.ts";
import { type RequestHeaders, requestHeaders } from "./headers.ts";
import { type TokenOptions, tokenVariable } from "./options/mod.ts";

const AUTHORIZATION = "authorization";

/** The options of a command for its request metadata. */
export interface HeaderOptions extends TokenOptions {
  readonly header?: readonly string[];
}

/**
 * Parses the `-H` options, and adds the token of `--token-file` or SIGNER_TOKEN unless they have an authorization.
 *
 * @param usesTls whether the connections to the addresses are encrypted
 * @throws {CliError | CryptoError} as `requestHeaders()` and `readClientToken()`
 */
export async function authorizedHeaders(
  options: HeaderOptions,
  addresses: readonly string[],
  usesTls: boolean,
): Promise<RequestHeaders> {
  const headers = requestHeaders(options.header ?? [], (name) => Deno.env.get(name));
  const { tokenFile } = options;
  if (headers.metadata.get(AUTHORIZATION) !== undefined) {
    if (tokenFile === undefined) return headers;
    throw usageError("--token-file and -H authorization cannot be given together");
  }
  if (tokenFile === undefined && !Deno.env.get(tokenVariable)) return headers;
  // Loads cryptography, which most calls do not need.
  const { readClientToken } = await import("./token.ts");
  const token = await readClientToken(options, addresses, usesTls);
  if (token === undefined) return headers;
  const metadata = new Metadata([...headers.metadata, [AUTHORIZATION, `Bearer ${token}`]]);
  return { metadata, secrets: new Set([...headers.secrets, AUTHORIZATION]) };
}

/** The bearer token of a client: from a file or the environment, for connections that keep it secret. @module */
import { CryptoError, readPrivateFile } from "../../crypto/mod.ts";
import { isLoopbackHost, parseAddress } from "../../net/mod.ts";
import { usageError } from "../exit.ts";
import { type TokenOptions, tokenVariable } from "./options/mod.ts";

/** 1 KiB: twice the longest token. */
const MAX_FILE_BYTES = 1_024;

/**
 * Reads the token of a client; undefined when neither the option nor the environment has one.
 *
 * @param addresses of the servers that it is for, as `formatAddress()` writes them
 * @throws {CliError} for a file without a token, and when a connection would show the token to the network
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 */
export async function readClientToken(
  { tokenFile, allowPlaintextToken = false }: TokenOptions,
  addresses: readonly string[],
  usesTls: boolean,
): Promise<string | undefined> {
  const source = tokenFile === undefined ? tokenVariable : `Token file ${tokenFile}`;
  const token = tokenFile === undefined
    ? Deno.env.get(tokenVariable)
    : await readTokenOf(tokenFile);
  if (token === undefined || token === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw usageError(`${source} holds no token`, "A token is one line of ASCII without spaces");
  }
  const open = usesTls || allowPlaintextToken ? undefined : addresses.find(isOnNetwork);
  if (open === undefined) return token;
  throw usageError(
    `The token would be sent to ${open} without encryption`,
    "Use --tls or --tls-ca, or insist with --allow-plaintext-token",
  );
}

async function readTokenOf(path: string): Promise<string> {
  const room = new Uint8Array(MAX_FILE_BYTES + 1);
  const name = `Token file ${path}`;
  try {
    const { bytes, exposure } = await readPrivateFile(path, room, name);
    if (exposure !== undefined) throw new CryptoError("KEY_FILE", `${name}: ${exposure}`);
    if (bytes.length > MAX_FILE_BYTES) throw usageError(`${name} is longer than a token`);
    return new TextDecoder().decode(bytes).trim();
  } finally {
    room.fill(0);
  }
}

/** Reports whether a connection in plaintext can be read on a network: over TCP, unless to this machine. */
function isOnNetwork(text: string): boolean {
  const address = parseAddress(text);
  return address.transport === "tcp" && !isLoopbackHost(address.host);
}

/** The addresses of the servers that a command calls. @module */
import {
  type Address,
  formatAddress,
  NetError,
  parseAddress,
  tcpAddress,
  unixAddress,
} from "../../net/mod.ts";
import { usageError } from "../exit.ts";
import type { ConnectionOptions } from "./options/mod.ts";

/** The environment variable with the addresses of servers, used when no option names one. */
export const addressVariable = "SIGNER_ADDRESS";

const defaultAddress = "tcp://127.0.0.1:50051";

/**
 * The addresses of the servers: from the options, else from SIGNER_ADDRESS (separated by commas), else the
 * default address of `serve`.
 *
 * @throws {CliError} for an address that cannot be parsed
 */
export function targetAddresses(options: ConnectionOptions): string[] {
  const { to = [], tcp = [], vsock = [], unix = [] } = options;
  const named = [
    ...to.map((text) => checked("--to", text, parseAddress)),
    ...tcp.map((text) => checked("--tcp", text, tcpAddress)),
    ...vsock.map((text) => checked("--vsock", text, () => parseAddress(`vsock:${text}`))),
    ...unix.map((text) => checked("--unix", text, unixAddress)),
  ];
  if (named.length > 0) return named;
  const fromEnvironment = (Deno.env.get(addressVariable) ?? "").split(",").filter(Boolean);
  if (fromEnvironment.length === 0) return [defaultAddress];
  return fromEnvironment.map((text) => checked(addressVariable, text.trim(), parseAddress));
}

function checked(source: string, text: string, parse: (text: string) => Address): string {
  let address;
  try {
    address = parse(text);
  } catch (cause) {
    if (!(cause instanceof NetError)) throw cause;
    throw usageError(`${source}: ${cause.message}`);
  }
  if ("port" in address && address.port === 0) {
    throw usageError(`${source}: Cannot connect to port 0 of ${JSON.stringify(text)}`);
  }
  return formatAddress(address);
}

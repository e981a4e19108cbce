/** The addresses of control sockets. @module */
import { type Address, formatAddress } from "../net/mod.ts";
import { usageError } from "./exit.ts";

/** Returns the address of a control socket in a form of `parseAddress()`: a path alone is that of a Unix socket. */
export function controlAddress(text: string): string {
  return /^[./]/.test(text) || !text.includes(":") ? `unix:${text}` : text;
}

/**
 * Checks the address of a control socket.
 *
 * @throws {CliError} for an address that is not a Unix socket
 */
export function expectUnixSocket(address: Address): void {
  if (address.transport === "unix" || address.transport === "unix-abstract") return;
  throw usageError(
    `The control socket ${formatAddress(address)} is not a Unix socket`,
    "Write the path of one, such as /run/signer/control.sock: users of other transports are not known",
  );
}

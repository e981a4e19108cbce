/** Standard error over a connection: `serve --log-to`. @module */
import { libc } from "../../ffi/mod.ts";
import { type Address, dialUntilReady, formatAddress, parseAddress } from "../../net/mod.ts";
import { CliError, ExitCode } from "../exit.ts";

const STDERR = 2;

/** 10 s for the reader of the log to listen: a host may start it beside the guest. */
const CONNECT_TIMEOUT_MS = 10_000;

/** 1 s between the checks of the connection, and between the attempts to connect again. */
const CHECK_MS = 1_000;

/**
 * Connects standard error, descriptor 2 of all threads, to an address: logs, warnings and errors are sent there. Connects
 * again after the reader has closed the connection; lines in between are lost. Disposing of the result stops the checks.
 *
 * @throws {CliError}
 */
export async function sendStandardErrorTo(text: string): Promise<Disposable> {
  const address = parseAddress(text);
  try {
    await connect(address);
  } catch (cause) {
    throw new CliError(
      ExitCode.failed,
      `Cannot send the log to ${formatAddress(address)}: ${(cause as Error).message}`,
      { cause, hint: "Start the program that reads the log first" },
    );
  }
  let connecting = false;
  const timer = setInterval(() => {
    if (connecting || isOpen()) return;
    connecting = true;
    // The next check tries again.
    connect(address).catch(() => {}).finally(() => connecting = false);
  }, CHECK_MS);
  Deno.unrefTimer(timer);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function connect(address: Address): Promise<void> {
  using socket = await dialUntilReady(address, { timeout: CONNECT_TIMEOUT_MS });
  // For lines that are written to standard error directly. Log lines are sent without waiting (MSG_DONTWAIT).
  libc.setBlocking(socket.fd);
  const result = libc.duplicateTo(socket.fd, STDERR);
  if (result < 0) throw libc.LibcError.of("dup2", result);
}

/** Reads and discards bytes of the reader, until the end of the stream. */
function isOpen(): boolean {
  const buffer = new Uint8Array(1024);
  const read = libc.recv(STDERR, buffer, buffer.length, libc.MSG_DONTWAIT);
  return read > 0 || read === -libc.errno.EAGAIN || read === -libc.errno.EINTR;
}

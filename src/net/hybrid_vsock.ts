/**
 * The handshake of hybrid vsock: a monitor's Unix socket that leads to its guest's vsock ports, as
 * Firecracker (docs/vsock.md, "Host-Initiated Connections") and Cloud Hypervisor (docs/vsock.md) have
 * it. The host sends `CONNECT <port>\n`; the monitor answers `OK <assigned host port>\n` once the guest
 * has accepted, or closes the connection.
 *
 * @module
 */
import { libc } from "../ffi/mod.ts";
import { NetError } from "./errors.ts";
import type { Registrar } from "./poller.ts";
import type { Socket } from "./socket.ts";
import { waitReady } from "./_wait_ready.ts";

/** Bytes of the longest answer, its newline included: `OK 4294967295\n` has 14. */
export const MAX_HANDSHAKE_LINE = 32;

/**
 * Asks the monitor behind `socket` for a connection to a port of its guest. Afterwards, the socket's
 * next byte is the guest's first.
 *
 * @param action what is under way, such as `connect to vsock+unix:/run/vm.sock:5000`
 * @throws {NetError} `HANDSHAKE_REFUSED`, `HANDSHAKE_CLOSED`, an errno; or the reason of `signal`
 */
export async function openGuestPort(
  socket: Socket,
  port: number,
  action: string,
  registrar: Registrar,
  signal: AbortSignal,
): Promise<void> {
  const request = new TextEncoder().encode(`CONNECT ${port}\n`);
  // A new socket's buffer takes the line whole.
  const sent = socket.write(request, request.length);
  if (sent < 0) throw NetError.ofLibc(action, libc.LibcError.of("send", sent));
  if (sent !== request.length) {
    throw new NetError("HANDSHAKE_REFUSED", `Cannot ${action}: the monitor does not read`);
  }
  const line = await readLine(socket, action, registrar, signal);
  if (!/^OK [0-9]{1,10}$/.test(line)) {
    throw new NetError(
      "HANDSHAKE_REFUSED",
      `Cannot ${action}: expected OK and a port of the monitor, got ${JSON.stringify(line)}; ` +
        "is the path that of a hybrid vsock socket?",
    );
  }
}

/** The first line, without its newline. Nothing behind the newline is taken from the socket. */
async function readLine(
  socket: Socket,
  action: string,
  registrar: Registrar,
  signal: AbortSignal,
): Promise<string> {
  const buffer = new Uint8Array(MAX_HANDSHAKE_LINE);
  let line = "";
  while (true) {
    // Looks without taking, to find the newline; then takes that much and no more.
    const seen = libc.recv(socket.fd, buffer, MAX_HANDSHAKE_LINE - line.length, libc.MSG_PEEK);
    if (seen === -libc.errno.EAGAIN) {
      await waitReady(registrar, socket.fd, libc.EPOLLIN, signal);
      continue;
    }
    if (seen === -libc.errno.EINTR) continue;
    if (seen < 0) throw NetError.ofLibc(action, libc.LibcError.of("recv", seen));
    if (seen === 0) {
      throw new NetError(
        "HANDSHAKE_CLOSED",
        `Cannot ${action}: the monitor closed the connection; nothing listens on that port in the guest`,
      );
    }
    const newline = buffer.subarray(0, seen).indexOf(0x0a);
    const taken = newline < 0 ? seen : newline + 1;
    socket.read(buffer, taken);
    line += String.fromCharCode(...buffer.subarray(0, newline < 0 ? taken : newline));
    if (newline >= 0) return line;
    if (line.length >= MAX_HANDSHAKE_LINE) {
      throw new NetError(
        "HANDSHAKE_REFUSED",
        `Cannot ${action}: no line within ${MAX_HANDSHAKE_LINE} bytes, got ${JSON.stringify(line)}`,
      );
    }
  }
}

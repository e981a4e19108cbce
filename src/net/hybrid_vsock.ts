/**
 * The handshake of hybrid vsock: a Unix socket of the monitor that connects to the vsock ports of its guest,
 * in Firecracker (docs/vsock.md, "Host-Initiated Connections") and Cloud Hypervisor (docs/vsock.md). The
 * host sends `CONNECT <port>\n`. The monitor answers `OK <assigned host port>\n` when the guest has accepted
 * the connection, or else closes it.
 *
 * @module
 */
import { libc } from "../ffi/mod.ts";
import { NetError } from "./errors.ts";
import type { Registrar } from "./poller.ts";
import type { Socket } from "./socket.ts";
import { waitReady } from "./_wait_ready.ts";

/** 32 bytes: the longest answer, `OK 4294967295\n`, has 14. */
const MAX_HANDSHAKE_LINE = 32;

/**
 * Requests a connection to a port of the guest from the monitor. Afterwards, the next byte of the socket is
 * the first of the guest.
 *
 * @param action for error messages, such as `connect to vsock+unix:/run/vm.sock:5000`
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
  // The empty send buffer of a new socket takes the whole line.
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

/** Reads the first line, without its newline, and nothing after it. */
async function readLine(
  socket: Socket,
  action: string,
  registrar: Registrar,
  signal: AbortSignal,
): Promise<string> {
  const buffer = new Uint8Array(MAX_HANDSHAKE_LINE);
  let line = "";
  while (true) {
    // Peek to find the newline, then read up to it.
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

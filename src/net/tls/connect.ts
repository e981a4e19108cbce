/** The client's half of a TLS handshake. @module */
import { libc, type TlsContext } from "../../ffi/mod.ts";
import { waitReady, withDeadline } from "../_wait_ready.ts";
import { type Address, formatAddress } from "../address.ts";
import { DEFAULT_CONNECT_TIMEOUT_MS, dial, type DialOptions } from "../dialer.ts";
import { NetError } from "../errors.ts";
import { formatPeer } from "../peer.ts";
import type { Registrar } from "../poller.ts";
import { sharedReactor } from "../reactor.ts";
import type { Socket } from "../socket.ts";
import { TlsStream } from "./tls_stream.ts";

/**
 * Connects to an address and makes a client's handshake.
 *
 * @param serverName the DNS name or IP address that the server's certificate must have
 * @throws {NetError} as `dial()` and `startTls()`
 */
export function dialTls(
  context: TlsContext,
  address: Address,
  serverName: string,
  options: DialOptions = {},
): Promise<TlsStream> {
  const { timeout = DEFAULT_CONNECT_TIMEOUT_MS, reactor = sharedReactor() } = options;
  const action = `connect to ${formatAddress(address)}`;
  return withDeadline(action, timeout, options.signal, async (signal) => {
    const socket = await dial(address, { timeout, reactor, signal });
    return await startTls(context, socket, serverName, reactor, signal);
  });
}

/**
 * Makes a client's handshake on a connected socket, which is closed unless it succeeds.
 *
 * @param serverName the DNS name or IP address that the server's certificate must have
 * @throws {NetError} `TLS_FAILED` with the reason, `CLOSED`, an errno; or the reason of `signal`
 */
export async function startTls(
  context: TlsContext,
  socket: Socket,
  serverName: string,
  registrar: Registrar,
  signal: AbortSignal,
): Promise<TlsStream> {
  let stream: TlsStream;
  try {
    stream = new TlsStream(context, socket, serverName);
  } catch (error) {
    socket.close();
    throw error;
  }
  try {
    while (true) {
      const result = stream.handshake();
      if (result === 1) return stream;
      if (result === -libc.errno.EAGAIN) {
        const interest = stream.readWantsWrite ? libc.EPOLLOUT : libc.EPOLLIN;
        await waitReady(registrar, stream.fd, interest, signal);
      } else if (result !== -libc.errno.EINTR) {
        throw failureOf(stream, result);
      }
    }
  } catch (error) {
    stream.close();
    throw error;
  }
}

/**
 * Waits for the first byte of the server, and takes it. In TLS 1.3 a server checks the client's certificate when
 * the client's part of the handshake is done (RFC 8446 section 4.4.2), so a refusal arrives here.
 *
 * @param timeout in milliseconds
 * @throws {NetError} `TLS_FAILED`, `CLOSED`, `TIMED_OUT`
 */
export function awaitServer(stream: TlsStream, timeout: number): Promise<void> {
  const action = `read from ${formatPeer(stream.peer)}`;
  return withDeadline(action, timeout, undefined, async (signal) => {
    const first = new Uint8Array(1);
    while (true) {
      const result = stream.read(first, first.length);
      if (result > 0) return;
      if (result === -libc.errno.EAGAIN) {
        const interest = stream.readWantsWrite ? libc.EPOLLOUT : libc.EPOLLIN;
        await waitReady(sharedReactor(), stream.fd, interest, signal);
      } else if (result !== -libc.errno.EINTR) {
        throw failureOf(stream, result);
      }
    }
  });
}

function failureOf(stream: TlsStream, result: number): NetError {
  if (stream.failure !== undefined) return stream.failure;
  const who = formatPeer(stream.peer);
  if (result === 0 || result === -libc.errno.ECONNRESET) {
    return new NetError("CLOSED", `${who} closed the connection within the TLS handshake`);
  }
  return NetError.ofLibc(`make a TLS handshake with ${who}`, libc.LibcError.of("SSL", result));
}

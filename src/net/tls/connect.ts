/** The client's half of a TLS handshake. @module */
import { libc, type TlsContext } from "../../ffi/mod.ts";
import { waitReady } from "../_wait_ready.ts";
import { NetError } from "../errors.ts";
import { formatPeer } from "../peer.ts";
import type { Registrar } from "../poller.ts";
import type { Socket } from "../socket.ts";
import { TlsStream } from "./tls_stream.ts";

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

function failureOf(stream: TlsStream, result: number): NetError {
  if (stream.failure !== undefined) return stream.failure;
  const who = formatPeer(stream.peer);
  if (result === 0 || result === -libc.errno.ECONNRESET) {
    return new NetError("CLOSED", `${who} closed the connection within the TLS handshake`);
  }
  return NetError.ofLibc(`make a TLS handshake with ${who}`, libc.LibcError.of("SSL", result));
}

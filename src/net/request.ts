/** A short exchange of bytes with a server. @module */
import { libc } from "../ffi/mod.ts";
import type { Address } from "./address.ts";
import { dial, type DialOptions } from "./dialer.ts";
import { sharedReactor } from "./reactor.ts";
import { waitReady, withDeadline } from "./_wait_ready.ts";

/**
 * Connects to an address, sends a few bytes, and reads the beginning of the answer, to identify the protocol
 * of a server.
 *
 * @param bytes fewer than a socket's buffer takes at once
 * @param size bytes of the answer to wait for
 * @param timeout milliseconds for the connection, and again for the answer
 * @returns the answer, cut at `size`; shorter where the peer closes the connection or the time is over
 * @throws {NetError} when nothing accepts the connection
 */
export async function request(
  address: Address,
  bytes: Uint8Array,
  size: number,
  timeout: number,
  { signal, reactor = sharedReactor() }: Omit<DialOptions, "timeout"> = {},
): Promise<Uint8Array> {
  using socket = await dial(address, { timeout, reactor, ...(signal ? { signal } : {}) });
  const answer = new Uint8Array(size);
  let length = 0;
  socket.write(bytes, bytes.length);
  const read = async (ended: AbortSignal) => {
    while (length < size) {
      const count = socket.read(answer.subarray(length), size - length);
      if (count > 0) length += count;
      else if (count === -libc.errno.EAGAIN) {
        await waitReady(reactor, socket.fd, libc.EPOLLIN, ended);
      } else if (count !== -libc.errno.EINTR) return;
    }
  };
  await withDeadline("read an answer", timeout, signal, read).catch(() => {});
  return answer.subarray(0, length);
}

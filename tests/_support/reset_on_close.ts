/** Closing a connection by a reset. @module */
import { libc } from "../../src/ffi/mod.ts";

/** socket(7), by the number in asm-generic/socket.h. */
const SO_LINGER = 13;

/** Makes the close of a socket drop unsent bytes, and send RST over TCP (SO_LINGER of 0). */
export function resetOnClose({ fd }: { readonly fd: number }): void {
  libc.setsockoptBytes(fd, libc.SOL_SOCKET, SO_LINGER, new Int32Array([1, 0]));
}

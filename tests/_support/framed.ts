/**
 * Returns a message of gRPC behind its prefix (PROTOCOL-HTTP2.md, Length-Prefixed-Message). Written without the code
 * under test.
 *
 * @param flag 0 for a plain message, 1 for a compressed one; other flags are invalid
 */
export function framed(message: Uint8Array, flag = 0): Uint8Array {
  const bytes = new Uint8Array(5 + message.length);
  bytes[0] = flag;
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}

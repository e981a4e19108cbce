/** TLS over the sockets of any transport. @module */
export {
  TlsContext,
  type TlsContextOptions,
  type TlsIdentity,
  type TlsParameters,
} from "../../ffi/mod.ts";
export { startTls } from "./connect.ts";
export * from "./handshakes.ts";
export { TlsStream } from "./tls_stream.ts";

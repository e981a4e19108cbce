/** TLS over the sockets of any transport. @module */
export {
  TlsContext,
  type TlsContextOptions,
  type TlsIdentity,
  type TlsParameters,
} from "../../ffi/mod.ts";
export { awaitServer, dialTls, startTls } from "./connect.ts";
export * from "./handshakes.ts";
export { openTlsContext, type SharedIdentity, type SharedTls } from "./shared_tls.ts";
export { TlsStream } from "./tls_stream.ts";

/** OpenSSL 3's libssl: TLS on non-blocking sockets. @module */
export type { RevocationList } from "./_crls.ts";
export { TICKET_KEYS_BYTES } from "./constants.ts";
export type { TlsIdentity } from "./_identity.ts";
export { TlsContext, type TlsContextOptions } from "./context.ts";
export { LibsslError, type LibsslErrorCode } from "./errors.ts";
export { type TlsParameters, TlsSession } from "./session.ts";
export { loadedLibsslPath } from "./library.ts";

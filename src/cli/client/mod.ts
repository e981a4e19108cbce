/** Calls of servers: the part that `call`, `bench` and `doctor` share. @module */
export { parseBytes, printBytes } from "./base64.ts";
export { authorizedHeaders, readHeaders } from "./authorized_headers.ts";
export { loadTls } from "./load_tls.ts";
export { Session } from "./session.ts";
export { addressVariable, targetAddresses } from "./targets.ts";
export type { ClientTls } from "./tls.ts";

/** Calls of servers: the part that `call`, `bench` and `doctor` share. @module */
export { parseBytes, printBytes } from "./base64.ts";
export { readHeaders, refuseOpenToken } from "./read_headers.ts";
export type { RequestHeaders } from "./headers.ts";
export { loadTls } from "./load_tls.ts";
export { Session } from "./session.ts";
export { addressVariable, targetAddresses } from "./targets.ts";
export type { ClientTls } from "./tls.ts";

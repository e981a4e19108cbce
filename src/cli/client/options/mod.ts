/** The options of the commands that call servers. Loads no gRPC, for the sake of `--help`. @module */
export type { ConnectionOptions, OutputForm } from "./connection.ts";
export { withSchema } from "./schema.ts";
export { clientOptions, clientSections } from "./table.ts";
export { withTargets } from "./targets.ts";
export { type ClientTlsOptions, handshakeHint, wantsTls, withTls } from "./tls.ts";
export { type TokenOptions, withToken } from "./token.ts";

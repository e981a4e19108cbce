/** The contract of signer: its services, messages, protocol version and limits. @module */
export * from "./definitions.ts";
export * from "./headers.ts";
export * from "./limits.ts";
export type * from "./messages.ts";

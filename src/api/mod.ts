/** The contract of signer: its services and messages, protocol version and limits. @module */
export * from "./file_descriptors.ts";
export * from "./generated/mod.ts";
export * from "./headers.ts";
export * from "./limits/mod.ts";

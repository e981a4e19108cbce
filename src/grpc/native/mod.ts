/** gRPC on HTTP/2 (PROTOCOL-HTTP2.md): the parts that the native server and the native client share. @module */
export * from "./compression.ts";
export * from "./header_names.ts";
export * from "./message_framing.ts";
export * from "./metadata_headers.ts";

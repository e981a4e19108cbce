/** The gRPC contract, free of any stack: definitions, handlers, status and metadata. @module */
export * from "./buffer.ts";
export type * from "./channel.ts";
export * from "./channel_options.ts";
export * from "./definitions.ts";
export * from "./errors.ts";
export * from "./handler.ts";
export * from "./headers.ts";
export * from "./interceptor.ts";
export * from "./limits.ts";
export type * from "./messages.ts";
export * from "./metadata.ts";
export type { MethodDefinition, MethodOptions } from "./method.ts";
export * from "./repeating.ts";
export * from "./responses.ts";
export type * from "./server.ts";
export * from "./service.ts";
export * from "./status.ts";

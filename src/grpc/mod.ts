/** gRPC apart from any stack: interfaces of methods, handlers, servers and channels; status and metadata. @module */
export * from "./authority.ts";
export * from "./buffer.ts";
export * from "./caller.ts";
export type * from "./channel.ts";
export * from "./channel_options.ts";
export * from "./errors.ts";
export * from "./handler.ts";
export * from "./inspection.ts";
export * from "./interceptor.ts";
export * from "./limits.ts";
export * from "./metadata.ts";
export * from "./meter.ts";
export * from "./method.ts";
export * from "./repeating.ts";
export * from "./responses.ts";
export type * from "./server.ts";
export * from "./service.ts";
export * from "./status.ts";

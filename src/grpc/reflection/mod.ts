/**
 * Descriptors and messages known at run time only, and the client of the reflection service. Import it late: it
 * takes some MB of memory in each thread.
 *
 * @module
 */
export * from "./client.ts";
export * from "./errors.ts";
export * from "./json.ts";
export * from "./method.ts";
export * from "./reflection_messages.ts";
export * from "./schema.ts";

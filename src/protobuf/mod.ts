/**
 * The wire format of Protocol Buffers, by which generated code reads and writes messages. Written here because
 * the libraries take some 6 MB of memory in each serving thread, or many times as long.
 *
 * @module
 */
export * from "./check.ts";
export * from "./codec.ts";
export * from "./collections.ts";
export * from "./enum_names.ts";
export * from "./errors.ts";
export * from "./limits.ts";
export * from "./reader.ts";
export * from "./wire_type.ts";
export * from "./writer.ts";

/** The audit log: a line for each attempt to sign and each pipeline, in chains of hashes, with signed lines. @module */
export * from "./chain.ts";
export * from "./errors.ts";
export * from "./log.ts";
export type { Attempt, Execution, HashFunction } from "./record.ts";
export type { AuditTarget } from "./target.ts";
export * from "./verify.ts";

/** The parts of the audit log that each thread has: its hash function, and its events for the log. @module */
import type { AuditFailure, ChainEvents, HashFunction } from "../../audit/mod.ts";
import type { CryptoProvider } from "../../crypto/mod.ts";
import { openLibcrypto } from "../../ffi/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";

/** Returns the fastest SHA-256 for the lines of a log: libcrypto's takes half of the time of node:crypto's. */
export function auditHash(provider: Pick<CryptoProvider, "name">): HashFunction | undefined {
  if (provider.name === "builtin") return undefined;
  const libcrypto = openLibcrypto();
  return libcrypto.sha256;
}

/** Logs that audit lines cannot be written, and that they can again. */
export function auditEvents(log: Logger, policy: AuditFailure): ChainEvents {
  return {
    onFailing: ({ message: reason }) =>
      log.error("The audit log cannot be written", { reason, policy }),
    onWritable: (lost) => log.warn("The audit log can be written again", { lost, policy }),
  };
}

/** The options of `serve` for the audit log. @module */
import { choice, file, type OptionTable, text, timeLimit } from "../../../config/mod.ts";

/** 1 s: a killed server leaves at most the lines of so long unsigned. */
const SIGN_EVERY_MS = 1_000;

export const auditOptions = {
  audit: {
    flag: "--audit",
    path: "audit.file",
    // No path: it may be stderr.
    kind: text("<file>"),
    help: "log each attempt to sign to a file, or to stderr",
    example: "/var/log/signer/audit.log",
  },
  auditKey: {
    flag: "--audit-key",
    path: "audit.key",
    kind: file,
    help: "Ed25519 private key that signs the log",
    example: "/etc/signer/audit.pem",
  },
  auditFail: {
    flag: "--audit-fail",
    path: "audit.fail",
    kind: choice("<policy>", ["closed", "open"]),
    help: "when the log cannot be written: sign nothing (closed), or sign without it (open)",
    default: "closed",
  },
  auditSignEvery: {
    flag: "--audit-sign-every",
    path: "audit.sign-every",
    kind: timeLimit,
    help: "time between signed lines",
    default: SIGN_EVERY_MS,
  },
} as const satisfies OptionTable;

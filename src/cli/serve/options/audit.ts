/** The options of `serve` for the audit log. @module */
import { choice, count, file, type OptionTable, text, timeLimit } from "../../../config/mod.ts";

/** 1 s: a killed server leaves at most the lines of so long unsigned. */
const SIGN_EVERY_MS = 1_000;

/** 10,000 lines, some 4 MB, which the main thread reads and hashes in a few milliseconds. */
const SIGN_EVERY_LINES = 10_000;
const MAX_SIGN_EVERY_LINES = 1_000_000_000;

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
  auditSignLines: {
    flag: "--audit-sign-lines",
    path: "audit.sign-lines",
    kind: count(1, MAX_SIGN_EVERY_LINES),
    help: "number of lines after which one is signed before that",
    default: SIGN_EVERY_LINES,
  },
} as const satisfies OptionTable;

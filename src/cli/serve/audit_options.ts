/** The options of `serve` for the audit log. @module */
import { Option } from "commander";
import { formatDuration, parseTimeLimit } from "../duration.ts";
import { wholeNumber } from "../whole_number.ts";

/** The heading of the options in the help. */
const GROUP = "Audit:";

/** 1 s: a killed server leaves at most the lines of so long unsigned. */
const SIGN_EVERY_MS = 1_000;

/** 10,000 lines, some 4 MB, which the main thread reads and hashes in a few milliseconds. */
const SIGN_EVERY_LINES = 10_000;
const MAX_SIGN_EVERY_LINES = 1_000_000_000;

export function auditOptions(): Option[] {
  return [
    new Option("--audit <file>", "log each attempt to sign to a file, or to stderr"),
    new Option("--audit-key <file>", "Ed25519 private key that signs the log"),
    new Option(
      "--audit-fail <policy>",
      "when the log cannot be written: sign nothing (closed), or sign without it (open)",
    )
      .choices(["closed", "open"]).default("closed"),
    new Option("--audit-sign-every <duration>", "time between signed lines")
      .argParser(parseTimeLimit).default(SIGN_EVERY_MS, formatDuration(SIGN_EVERY_MS)),
    new Option("--audit-sign-lines <n>", "number of lines after which one is signed before that")
      .argParser(wholeNumber(1, MAX_SIGN_EVERY_LINES)).default(SIGN_EVERY_LINES),
  ].map((option) => option.helpGroup(GROUP));
}

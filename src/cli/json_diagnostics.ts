import { configureLogs, logger } from "../telemetry/mod.ts";
import { type Diagnostic, redirectDiagnostics } from "./output.ts";

/**
 * Writes errors, warnings and notes as log lines of JSON from now on, so that a program which reads
 * standard error finds nothing else there. Only a passphrase is still asked for as text.
 */
export function writeDiagnosticsAsJson(): void {
  configureLogs({ level: "info", format: "json" });
  const log = logger("cli");
  redirectDiagnostics(({ level, message, hint }: Diagnostic) => {
    // The logger takes braces for placeholders.
    log[level](message.replace(/[{}]/g, "$&$&"), hint === undefined ? {} : { hint });
  });
}

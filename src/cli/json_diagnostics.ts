import { configureLogs, DEFAULT_LOG_LEVELS, textLogger } from "../telemetry/mod.ts";
import { type Diagnostic, redirectDiagnostics } from "./output.ts";

/**
 * Writes errors, warnings and notes as log lines of JSON from now on, so that a program which reads
 * standard error finds nothing else there. Only a passphrase is still asked for as text.
 */
export function writeDiagnosticsAsJson(): void {
  configureLogs({ levels: DEFAULT_LOG_LEVELS, format: "json" });
  const log = textLogger("cli");
  redirectDiagnostics(({ level, message, hint }: Diagnostic) => {
    log[level](message, hint === undefined ? {} : { hint });
  });
}

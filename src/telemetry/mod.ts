/** Logs of the running program, and the trace context of requests. @module */
export { type ErrorReports, errorReports } from "./error_reports.ts";
export { type LogEvent } from "./events.ts";
export { isJournal, journalPrefix } from "./journal.ts";
export * from "./levels.ts";
export { openOutputPipe, writeFitting, writeSome } from "./log_output.ts";
export * from "./logs.ts";
export * from "./trace_context.ts";

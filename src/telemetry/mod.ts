/** Logs of the running program. @module */
export { type ErrorReports, errorReports } from "./error_reports.ts";
export * from "./logs.ts";

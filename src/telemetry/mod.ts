/** What the program tells of itself while it runs. @module */
export { type ErrorReports, errorReports } from "./error_reports.ts";
export * from "./logs.ts";

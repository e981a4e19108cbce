/** Structured logs on standard error. @module */
import process from "node:process";
import { format } from "node:util";
import {
  configureSync,
  getJsonLinesFormatter,
  getLogfmtFormatter,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
} from "@logtape/logtape";
import { LogOutput, type LogTarget, openLogTarget } from "./log_output.ts";

export type { Logger, LogTarget };

/** Formats of log lines: `text` is logfmt, `json` is an object per line. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = typeof logFormats[number];

/** Log levels, from the lowest. */
export const logLevels = ["debug", "info", "warning", "error"] as const satisfies LogLevel[];
export type Level = typeof logLevels[number];

/** The output of this thread's logs, once they are configured. */
let output: LogOutput | undefined;
let target: LogTarget | undefined;
let configured: { readonly level: Level; readonly format: LogFormat } | undefined;

/**
 * Configures the logs of this thread: a line for each record, on standard error, without waiting for its reader.
 * Both formats quote control characters, so that text of a peer cannot forge a line.
 *
 * @param options `target` is the `logTarget()` of another thread
 */
export function configureLogs(
  options: { level: Level; format: LogFormat; target?: LogTarget },
): void {
  configured = options;
  const formatter = options.format === "json"
    ? getJsonLinesFormatter({ properties: "flatten" })
    : getLogfmtFormatter();
  const encoder = new TextEncoder();
  const line = (record: LogRecord) => encoder.encode(formatter(record));
  target = options.target ?? logTarget();
  output = new LogOutput(target, (count) => line(droppedLines(count)));
  configureSync({
    reset: true,
    sinks: { stderr: (record) => output!.write(line(record)) },
    loggers: [
      { category: "signer", sinks: ["stderr"], lowestLevel: options.level },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
  if (options.format === "json") captureConsole();
}

/** Changes the lowest level of this thread's logs. */
export function setLogLevel(level: Level): void {
  if (configured !== undefined && configured.level !== level) {
    configureLogs({ ...configured, level });
  }
}

/** Logs the output of libraries to the console and to `process.emitWarning()`, so that every line is a log line. */
function captureConsole(): void {
  const log = logger("console");
  const levels = {
    debug: "debug",
    log: "info",
    info: "info",
    warn: "warn",
    error: "error",
  } as const;
  for (const [method, level] of Object.entries(levels)) {
    const write = (...values: unknown[]) => log[level]("{text}", { text: format(...values) });
    console[method as keyof typeof levels] = write;
  }
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }) => log.warn("{text}", { text: `${name}: ${message}` }));
}

/** The target of the logs of this process, opened once for all threads. */
export function logTarget(): LogTarget {
  return target ??= openLogTarget();
}

function droppedLines(count: number): LogRecord {
  return {
    category: ["signer", "log"],
    level: "warning",
    message: ["Lines were dropped, because standard error was not read"],
    rawMessage: "Lines were dropped, because standard error was not read",
    timestamp: Date.now(),
    properties: { count },
  };
}

/** The logger of a part of the program, such as `server`. Writes nothing before `configureLogs`. */
export function logger(part: string): Logger {
  return getLogger(["signer", part]);
}

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

/** How logs are written: `text` is logfmt, `json` one object a line. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = typeof logFormats[number];

/** The least important level that is written. */
export const logLevels = ["debug", "info", "warning", "error"] as const satisfies LogLevel[];
export type Level = typeof logLevels[number];

/** The output of this thread's logs, once they are configured. */
let output: LogOutput | undefined;
let target: LogTarget | undefined;

/**
 * Writes the program's logs to standard error, a line each, as they happen and without waiting for a reader. Both
 * formats quote control characters, so nothing that a peer sends can forge a line.
 *
 * @param options `target` is another thread's `logTarget()`
 */
export function configureLogs(
  options: { level: Level; format: LogFormat; target?: LogTarget },
): void {
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

/**
 * Logs the warnings of libraries, which go to the console or come from `process.emitWarning()`, so that
 * standard error has nothing but log lines.
 */
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

/** Where this process writes its logs: opened once, for all threads. */
export function logTarget(): LogTarget {
  return target ??= openLogTarget();
}

function droppedLines(count: number): LogRecord {
  return {
    category: ["signer", "log"],
    level: "warning",
    message: ["Lines were dropped, because nobody reads standard error"],
    rawMessage: "Lines were dropped, because nobody reads standard error",
    timestamp: Date.now(),
    properties: { count },
  };
}

/** The logger of one part of the program, such as `server`. Silent until `configureLogs`. */
export function logger(part: string): Logger {
  return getLogger(["signer", part]);
}

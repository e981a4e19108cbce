/** Structured logs on standard error. @module */
import { format } from "node:util";
import {
  configureSync,
  getJsonLinesFormatter,
  getLogfmtFormatter,
  getLogger,
  type LogRecord,
} from "@logtape/logtape";
import { nodeProcess, onNodeUse } from "../node/mod.ts";
import type { LogEvent } from "./events.ts";
import { printableLines } from "../printable/mod.ts";
import { journalPrefix } from "./journal.ts";
import { formatLogLevels, type Level, type LogCategory, type LogLevels } from "./levels.ts";
import { LogOutput, type LogTarget, openLogTarget } from "./log_output.ts";

export type { LogTarget };

/** The values of a log line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines of one category. */
export interface Logger {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  error(event: LogEvent, fields?: LogFields): void;
  /** Returns a logger that adds fields to each line. */
  with(fields: Record<string, unknown>): Logger;
}

/** Formats of log lines: `text` is logfmt, `json` is an object per line. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = typeof logFormats[number];

/** The output of this thread's logs, once they are configured. */
let output: LogOutput | undefined;
let target: LogTarget | undefined;
let configured: Parameters<typeof configureLogs>[0] | undefined;

const levelListeners: ((levels: LogLevels) => void)[] = [];

/** Lines of this thread that were dropped. */
let dropped = 0;

/**
 * Configures the logs of this thread: a line for each record, on standard error, without waiting for its reader.
 * Both formats escape control characters and marks of direction, so that text of a peer cannot forge a line.
 *
 * @param options `target` is the `logTarget()` of another thread; `onDropped` is called with the number of lines that
 *   were dropped, in all
 */
export function configureLogs(
  options: {
    levels: LogLevels;
    format: LogFormat;
    target?: LogTarget;
    onDropped?: ((count: number) => void) | undefined;
  },
): void {
  configured = options;
  const formatter = options.format === "json"
    ? getJsonLinesFormatter({ properties: "flatten" })
    : getLogfmtFormatter();
  const encoder = new TextEncoder();
  const opened = target = options.target ?? logTarget();
  const prefix = opened.kind === "socket" && opened.isJournal ? journalPrefix : () => "";
  const line = (record: LogRecord) =>
    encoder.encode(prefix(record.level) + printableLines(formatter(record)));
  output = new LogOutput(
    opened,
    (count) => line(droppedLines(count)),
    () => {
      dropped++;
      options.onDropped?.(dropped);
    },
  );
  const categories = Object.entries(options.levels.categories) as [LogCategory, Level][];
  configureSync({
    reset: true,
    sinks: { stderr: (record) => output!.write(line(record)) },
    loggers: [
      { category: "signer", sinks: ["stderr"], lowestLevel: options.levels.others },
      // The level of the parent would apply too.
      ...categories.map(([category, lowestLevel]) => ({
        category: ["signer", category],
        sinks: ["stderr"],
        parentSinks: "override" as const,
        lowestLevel,
      })),
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
  if (options.format !== "json") return;
  captureConsole();
  // Packages of the main thread use Node.js by themselves.
  if (options.target === undefined) nodeProcess();
}

/** Changes the lowest levels of this thread's logs. */
export function setLogLevels(levels: LogLevels): void {
  if (configured === undefined) return;
  if (formatLogLevels(configured.levels) !== formatLogLevels(levels)) {
    configureLogs({ ...configured, levels });
    for (const listener of levelListeners) listener(levels);
  }
}

/** Calls back when the levels of this thread's logs have changed, for code that does not build lines that are not logged. */
export function onLogLevels(listener: (levels: LogLevels) => void): void {
  levelListeners.push(listener);
}

/** Logs the output of libraries to the console and to `process.emitWarning()`, so that every line is a log line. */
function captureConsole(): void {
  const log = getLogger(["signer", "console"]);
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
  onNodeUse((process) => {
    process.removeAllListeners("warning");
    process.on(
      "warning",
      ({ name, message }) => log.warn("{text}", { text: `${name}: ${message}` }),
    );
  });
}

/** The target of the logs of this process, opened once for all threads. */
export function logTarget(): LogTarget {
  return target ??= openLogTarget();
}

/** Returns the number of lines of this thread's log that were dropped, because standard error was not read. */
export function droppedLogLines(): number {
  return dropped;
}

function droppedLines(count: number): LogRecord {
  const event: LogEvent = "Lines were dropped, because standard error was not read";
  return {
    category: ["signer", "log"],
    level: "warning",
    message: [event],
    rawMessage: event,
    timestamp: Date.now(),
    properties: { count },
  };
}

/** The logger of a category. Writes nothing before `configureLogs`. */
export function logger(category: LogCategory): Logger {
  return getLogger(["signer", category]);
}

/** A logger of text for the user, which is not one of the events. */
export function textLogger(category: "cli"): Record<"info" | "warn" | "error", TextLog> {
  const log = getLogger(["signer", category]);
  // The logger takes braces for placeholders.
  const write = (level: "info" | "warn" | "error"): TextLog => (text, fields = {}) =>
    log[level](text.replace(/[{}]/g, "$&$&"), fields);
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

type TextLog = (text: string, fields?: Record<string, unknown>) => void;

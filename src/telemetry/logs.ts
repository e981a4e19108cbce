import process from "node:process";
import { format } from "node:util";
import {
  configureSync,
  getJsonLinesFormatter,
  getLogfmtFormatter,
  getLogger,
  type Logger,
  type LogLevel,
} from "@logtape/logtape";

export type { Logger };

/** How logs are written: `text` is logfmt, `json` one object a line. */
export const logFormats = ["text", "json"] as const;
export type LogFormat = typeof logFormats[number];

/** The least important level that is written. */
export const logLevels = ["debug", "info", "warning", "error"] as const satisfies LogLevel[];
export type Level = typeof logLevels[number];

/**
 * Writes the program's logs to standard error, a line each, as they happen. Both formats quote control
 * characters, so nothing that a peer sends can forge a line.
 */
export function configureLogs(options: { level: Level; format: LogFormat }): void {
  const formatter = options.format === "json"
    ? getJsonLinesFormatter({ properties: "flatten" })
    : getLogfmtFormatter();
  const encoder = new TextEncoder();
  configureSync({
    reset: true,
    sinks: {
      stderr: (record) => {
        const line = encoder.encode(formatter(record));
        for (let written = 0; written < line.length;) {
          written += Deno.stderr.writeSync(line.subarray(written));
        }
      },
    },
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

/** The logger of one part of the program, such as `server`. Silent until `configureLogs`. */
export function logger(part: string): Logger {
  return getLogger(["signer", part]);
}

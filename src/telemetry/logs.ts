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
  const format = options.format === "json"
    ? getJsonLinesFormatter({ properties: "flatten" })
    : getLogfmtFormatter();
  const encoder = new TextEncoder();
  configureSync({
    reset: true,
    sinks: {
      stderr: (record) => {
        const line = encoder.encode(format(record));
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
}

/** The logger of one part of the program, such as `server`. Silent until `configureLogs`. */
export function logger(part: string): Logger {
  return getLogger(["signer", part]);
}

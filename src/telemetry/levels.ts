/** Log levels by category. @module */
import type { LogLevel } from "@logtape/logtape";

/** Log levels, from the lowest. */
export const logLevels = ["debug", "info", "warning", "error"] as const satisfies LogLevel[];
export type Level = typeof logLevels[number];

/** The categories of log lines: the parts of the program that write them. */
export const logCategories = [
  "serve",
  "requests",
  "native",
  "grpc-js",
  "cli",
  "console",
  "log",
] as const;
export type LogCategory = typeof logCategories[number];

/** The lowest level that is logged: of categories by name, and of all others. */
export interface LogLevels {
  readonly others: Level;
  readonly categories: Readonly<Partial<Record<LogCategory, Level>>>;
}

/** The level of a server that names none. */
export const DEFAULT_LOG_LEVELS: LogLevels = { others: "info", categories: {} };

/**
 * Parses levels as in `info,requests=debug`: the level of all categories first, and then those of some.
 *
 * @throws {SyntaxError} whose message names the allowed words
 */
export function parseLogLevels(text: string): LogLevels {
  let { others } = DEFAULT_LOG_LEVELS;
  const categories: Partial<Record<LogCategory, Level>> = {};
  text.split(",").forEach((part, index) => {
    const [first, level, ...rest] = part.trim().split("=");
    if (level === undefined && index === 0) others = levelNamed(first);
    else if (level !== undefined && rest.length === 0) {
      categories[categoryNamed(first)] = levelNamed(level);
    } else throw new SyntaxError("Write it as in info,requests=debug.");
  });
  return { others, categories };
}

/** Formats levels as `parseLogLevels()` reads them. */
export function formatLogLevels({ others, categories }: LogLevels): string {
  return [others, ...Object.entries(categories).map((pair) => pair.join("="))].join(",");
}

/** Returns the lowest level that is logged of a category. */
function levelOf({ others, categories }: LogLevels, category: LogCategory): Level {
  return categories[category] ?? others;
}

/** Returns true if lines of a category and level are logged. */
export function isLogged(levels: LogLevels, category: LogCategory, level: Level): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(levelOf(levels, category));
}

function levelNamed(name: string): Level {
  const level = logLevels.find((one) => one === name);
  if (level === undefined) throw new SyntaxError(`Levels are ${logLevels.join(", ")}.`);
  return level;
}

function categoryNamed(name: string): LogCategory {
  const category = logCategories.find((one) => one === name);
  if (category === undefined) throw new SyntaxError(`Categories are ${logCategories.join(", ")}.`);
  return category;
}

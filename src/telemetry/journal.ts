/** Standard error of a service whose output goes to systemd's journal. @module */
import { nodeFs } from "../node/mod.ts";

const STDERR = 2;

/** Priorities of syslog(3) by level. */
const priorities = {
  trace: 7,
  debug: 7,
  info: 6,
  warn: 4,
  warning: 4,
  error: 3,
  fatal: 2,
} as const;

/** Reports whether standard error is the stream to the journal that JOURNAL_STREAM names (systemd.exec(5)). */
export function isJournal(): boolean {
  const stream = Deno.env.get("JOURNAL_STREAM");
  if (stream === undefined) return false;
  const { dev, ino } = nodeFs().fstatSync(STDERR);
  return stream === `${dev}:${ino}`;
}

/** Returns the prefix from which the journal takes the priority of a line, and which it removes (sd-daemon(3)). */
export function journalPrefix(level: keyof typeof priorities): string {
  return `<${priorities[level]}>`;
}

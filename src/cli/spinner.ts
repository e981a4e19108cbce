/** A spinner for work that takes a while. @module */
import { StatusLine } from "./status_line.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** 200 ms: shorter work shows no spinner, which would only flicker. */
const PATIENCE_MS = 200;
const FRAME_MS = 80;

/**
 * Awaits `work` with a spinner and a label on standard error. There is no spinner when standard error is no
 * terminal, or with NO_COLOR or TERM=dumb. The work must run off this thread, or the spinner cannot turn.
 */
export async function withSpinner<T>(label: string, work: Promise<T>): Promise<T> {
  using line = new StatusLine();
  if (!line.shown) return await work;
  let turns = 0;
  let interval: ReturnType<typeof setInterval> | undefined;
  const turn = () => line.show(`${frames[turns++ % frames.length]} ${label}`);
  const start = setTimeout(() => {
    turn();
    interval = setInterval(turn, FRAME_MS);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(start);
    clearInterval(interval);
  }
}

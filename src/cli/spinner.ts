import { writeTerminal } from "./output.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** What is over sooner than this shows nothing: a flicker tells nobody anything. */
const PATIENCE_MS = 200;
const FRAME_MS = 80;

/** Back to the first column, and clear the line (ECMA-48 EL). */
const CLEAR = "\r\x1b[K";

/**
 * Waits for work, turning a wheel beside `what` on standard error while it lasts. Where standard error
 * is no terminal, or with NO_COLOR or a dumb terminal, it only waits. The work has to run off this
 * thread, or the wheel stands still.
 */
export async function withSpinner<T>(what: string, work: Promise<T>): Promise<T> {
  if (!Deno.stderr.isTerminal() || Deno.noColor || Deno.env.get("TERM") === "dumb") {
    return await work;
  }
  let turns = 0;
  let wheel: ReturnType<typeof setInterval> | undefined;
  const turn = () => writeTerminal(`${CLEAR}${frames[turns++ % frames.length]} ${what}`);
  const start = setTimeout(() => {
    turn();
    wheel = setInterval(turn, FRAME_MS);
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(start);
    clearInterval(wheel);
    if (turns > 0) writeTerminal(CLEAR);
  }
}

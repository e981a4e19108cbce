/**
 * Logs far more than a pipe holds, prints the number of lines, and logs one more line at the end of its input.
 *
 * @module
 */
import { configureLogs, DEFAULT_LOG_LEVELS, textLogger } from "../../src/telemetry/mod.ts";

const LINES = 5_000;

configureLogs({ levels: DEFAULT_LOG_LEVELS, format: "text" });
const log = textLogger("cli");
for (let i = 0; i < LINES; i++) log.info("A line of some length", { i, pad: "x".repeat(100) });
console.log(LINES);
await Deno.stdin.readable.pipeTo(new WritableStream());
// Waiting lines are written again after a while.
await new Promise((resolve) => setTimeout(resolve, 500));
log.info("The last line");

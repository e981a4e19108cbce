/** Logs much more than a pipe holds, says on standard output how many lines, and a line more when its input ends. */
import { configureLogs, logger } from "../../src/telemetry/mod.ts";

const LINES = 5_000;

configureLogs({ level: "info", format: "text" });
const log = logger("chatty");
for (let i = 0; i < LINES; i++) log.info("A line of some length", { i, pad: "x".repeat(100) });
console.log(LINES);
await Deno.stdin.readable.pipeTo(new WritableStream());
// The lines that wait are tried again after a while.
await new Promise((resolve) => setTimeout(resolve, 500));
log.info("The last line");

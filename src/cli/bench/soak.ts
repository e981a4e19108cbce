/** `bench soak`: a long load, with the growth of memory and descriptors. @module */
import { formatBytes, growthOf, type ProcessFigures } from "../../bench/mod.ts";
import { usageError } from "../exit.ts";
import { note, warn } from "../output.ts";
import { conclude, openOutput } from "./conclude.ts";
import type { BenchOptions } from "./options.ts";
import { measureMethod } from "./run.ts";

/** The duration of a soak without -n and -z. */
const DEFAULT_DURATION_MS = 600_000;

/** `bench soak METHOD`: runs a load, and prints the course of memory and descriptors. */
export async function runSoak(method: string | undefined, options: BenchOptions): Promise<void> {
  if ((options.repeat ?? options.against) !== undefined) {
    throw usageError("--repeat and --against do not fit bench soak");
  }
  using output = openOutput(options);
  const long = options.total === undefined && options.duration === undefined;
  const soak = long ? { ...options, duration: DEFAULT_DURATION_MS } : options;
  const report = await measureMethod(method, soak);
  const [{ client, server }] = report.resources;
  tellGrowth("client", client);
  if (server === undefined) {
    note("server: its process is unknown or cannot be read; see --server-pid");
  } else {
    tellGrowth("server", server);
  }
  conclude(report, soak, output);
}

function tellGrowth(name: string, { course, residentBytes, descriptors }: ProcessFigures): void {
  const memory = growthOf(course.map(({ at, residentBytes }) => ({ at, value: residentBytes })));
  const open = growthOf(course.map(({ at, descriptors = 0 }) => ({ at, value: descriptors })));
  const { first, last, peak } = residentBytes;
  const hourly = memory === undefined ? "" : `, ${signedBytes(memory.perHour)} an hour at the end`;
  note(
    `${name}: memory ${[first, last].map(formatBytes).join(" to ")}, at most ${
      formatBytes(peak)
    }${hourly}`,
  );
  if (descriptors !== undefined) {
    note(
      `${name}: descriptors ${descriptors.first} to ${descriptors.last}, at most ${descriptors.peak}`,
    );
  }
  if (memory?.grows) warn(`the ${name}'s memory keeps growing: it may leak`);
  if (open?.grows) warn(`the ${name}'s descriptors keep growing: it may leak them`);
}

function signedBytes(bytes: number): string {
  const whole = Math.round(bytes);
  return whole < 0 ? `-${formatBytes(-whole)}` : `+${formatBytes(whole)}`;
}

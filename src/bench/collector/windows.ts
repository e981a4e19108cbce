import { Histogram } from "./histogram.ts";

/** What was measured in a stretch of a load. */
export interface Window {
  /** Milliseconds from the start of the load. */
  readonly start: number;
  readonly duration: number;
  readonly errors: number;
  /** Latencies of what ended well in it. */
  readonly latency: Histogram;
}

/** The most windows that are kept: when there are so many, each two become one. */
export const MAX_WINDOWS = 60;

/**
 * The course of a load in a bounded number of windows, which get longer the longer it takes, and in
 * bounded memory.
 */
export class Windows {
  #windows: Window[] = [];
  /** How many of those that are told become one. */
  #merge = 1;
  #pending: Window | undefined;
  #pendingCount = 0;

  /** Adds the window that follows the last. Its histogram may be used again. */
  add(window: Window): void {
    const pending = this.#pending;
    this.#pending = pending === undefined ? joined([window]) : extended(pending, window);
    if (++this.#pendingCount < this.#merge) return;
    this.#windows.push(this.#pending);
    this.#pending = undefined;
    this.#pendingCount = 0;
    if (this.#windows.length < MAX_WINDOWS) return;
    this.#windows = halved(this.#windows);
    this.#merge *= 2;
  }

  list(): readonly Window[] {
    return this.#pending === undefined ? this.#windows : [...this.#windows, this.#pending];
  }
}

/** A window with the one that follows it, in the memory of the first. */
function extended(window: Window, { start, duration, errors, latency }: Window): Window {
  window.latency.add(latency);
  return { ...window, duration: start + duration - window.start, errors: window.errors + errors };
}

/** Half as many windows, each twice as long. */
export function halved(windows: readonly Window[]): Window[] {
  const result: Window[] = [];
  for (let i = 0; i < windows.length; i += 2) result.push(joined(windows.slice(i, i + 2)));
  return result;
}

/** One window for several that follow each other. */
export function joined(windows: readonly Window[]): Window {
  const last = windows.at(-1)!;
  const latency = new Histogram();
  for (const window of windows) latency.add(window.latency);
  return {
    start: windows[0].start,
    duration: last.start + last.duration - windows[0].start,
    errors: windows.reduce((sum, { errors }) => sum + errors, 0),
    latency,
  };
}

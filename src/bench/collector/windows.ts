/** Measurements over time, in a bounded number of windows. @module */
import { Histogram } from "./histogram.ts";

/** The measurements of a part of a load. */
export interface Window {
  /** Milliseconds from the start of the load. */
  readonly start: number;
  readonly duration: number;
  readonly errors: number;
  /** Latencies of the requests that ended with OK in the window. */
  readonly latency: Histogram;
  /** CPU seconds in the window, known for a slice. */
  readonly cpuSeconds?: CpuSeconds;
}

/** CPU seconds of the processes of a load. That of the server is absent if its process is not known. */
export interface CpuSeconds {
  readonly client: number;
  readonly server?: number;
}

/** The largest number of windows. At this number, each two adjacent windows are merged. */
export const MAX_WINDOWS = 60;

/**
 * The course of a load in a bounded number of windows. The windows get longer as the load goes on, so memory is
 * bounded too.
 */
export class Windows {
  #windows: Window[] = [];
  /** Number of added windows that are merged into one. */
  #merge = 1;
  #pending: Window | undefined;
  #pendingCount = 0;

  /** Appends a window. The caller may reuse its histogram. */
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

/** Merges a window with its successor, in the memory of the first. */
function extended(window: Window, { start, duration, errors, latency }: Window): Window {
  window.latency.add(latency);
  return { ...window, duration: start + duration - window.start, errors: window.errors + errors };
}

/** Merges each two adjacent windows. */
export function halved(windows: readonly Window[]): Window[] {
  const result: Window[] = [];
  for (let i = 0; i < windows.length; i += 2) result.push(joined(windows.slice(i, i + 2)));
  return result;
}

/** Merges adjacent windows into one. */
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

/** The CPU, memory and descriptors of client and server during a load. @module */
import { ownUsage, type Usage, usageOf } from "./process.ts";

/** Milliseconds between samples. Reading /proc costs the server nothing and the client little. */
const INTERVAL_MS = 500;

/** The largest number of samples. At this number, every second one is dropped. */
const MAX_SAMPLES = 60;

/** The resource usage of a process during a load. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  /** The average number of busy CPUs. */
  readonly cores: number;
  readonly residentBytes: { readonly first: number; readonly last: number; readonly peak: number };
  readonly descriptors:
    | { readonly first: number; readonly last: number; readonly peak: number }
    | undefined;
  /** Usage over time, in a bounded number of samples. */
  readonly course: readonly ResourceSample[];
}

/** The usage of a process at a time. */
export interface ResourceSample {
  /** Milliseconds from the start. */
  readonly at: number;
  readonly residentBytes: number;
  readonly descriptors: number | undefined;
}

/** The usage of client and server. That of the server is undefined if it cannot be read. */
export interface ResourceFigures {
  readonly client: ProcessFigures;
  readonly server: ProcessFigures | undefined;
}

/** Samples the usage of client and server, in constant memory. */
export class ResourceWatch {
  readonly #client = new ProcessWatch(ownUsage);
  readonly #server: ProcessWatch | undefined;
  #next = 0;

  constructor(serverPid: number | undefined) {
    if (serverPid !== undefined) this.#server = new ProcessWatch(() => usageOf(serverPid));
  }

  /**
   * Takes a sample if the interval has passed.
   *
   * @param elapsed milliseconds of the measurement; the figures start at the last sample before 0
   */
  sample(elapsed: number): void {
    if (elapsed < this.#next && elapsed > 0) return;
    if (elapsed <= 0) this.#reset();
    this.#next = elapsed + INTERVAL_MS;
    this.#sample(Math.max(0, elapsed));
  }

  /** @param elapsed duration of the measurement in milliseconds */
  finish(elapsed: number): ResourceFigures {
    this.#sample(Math.max(elapsed, this.#next - INTERVAL_MS));
    return { client: this.#client.figures()!, server: this.#server?.figures() };
  }

  #reset(): void {
    this.#client.reset();
    this.#server?.reset();
  }

  #sample(elapsed: number): void {
    this.#client.sample(elapsed);
    this.#server?.sample(elapsed);
  }
}

/** A sample with its time. */
interface TimedUsage extends Usage {
  /** The time by `performance.now()`. */
  readonly at: number;
}

class ProcessWatch {
  readonly #read: () => Usage | undefined;
  #first: TimedUsage | undefined;
  #last: TimedUsage | undefined;
  #peakResident = 0;
  #peakDescriptors = 0;
  #course: ResourceSample[] = [];
  /** Samples taken per sample that is kept. */
  #stride = 1;
  #sampleCount = 0;

  constructor(read: () => Usage | undefined) {
    this.#read = read;
  }

  /** @param elapsed milliseconds from the start */
  sample(elapsed: number): void {
    const usage = this.#read();
    // A process that has ended keeps its last figures.
    if (usage === undefined) return;
    this.#last = { ...usage, at: performance.now() };
    this.#first ??= this.#last;
    this.#peakResident = Math.max(this.#peakResident, usage.residentBytes);
    this.#peakDescriptors = Math.max(this.#peakDescriptors, usage.descriptors ?? 0);
    this.#keep({ ...usage, at: elapsed });
  }

  #keep({ at, residentBytes, descriptors }: TimedUsage): void {
    if (this.#sampleCount++ % this.#stride !== 0) return;
    this.#course.push({ at, residentBytes, descriptors });
    if (this.#course.length < MAX_SAMPLES) return;
    this.#course = this.#course.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  reset(): void {
    this.#first = undefined;
    this.#course = [];
    this.#sampleCount = 0;
    this.#peakResident = 0;
    this.#peakDescriptors = 0;
  }

  figures(): ProcessFigures | undefined {
    const first = this.#first;
    const last = this.#last;
    if (first === undefined || last === undefined) return undefined;
    const cpuSeconds = last.cpuSeconds - first.cpuSeconds;
    const elapsed = last.at - first.at;
    return {
      cpuSeconds,
      cores: elapsed > 0 ? cpuSeconds / (elapsed / 1000) : 0,
      residentBytes: {
        first: first.residentBytes,
        last: last.residentBytes,
        peak: this.#peakResident,
      },
      descriptors: first.descriptors === undefined || last.descriptors === undefined
        ? undefined
        : { first: first.descriptors, last: last.descriptors, peak: this.#peakDescriptors },
      course: this.#course,
    };
  }
}

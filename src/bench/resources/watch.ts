import { ownUsage, type Usage, usageOf } from "./process.ts";

/** Between looks: reading /proc costs the server nothing and the client little. */
const INTERVAL_MS = 500;

/** The most samples of a course: when there are so many, every second one is dropped. */
const MAX_SAMPLES = 60;

/** What a process used during a load. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  /** Processors that it kept busy, on average. */
  readonly cores: number;
  readonly residentBytes: { readonly first: number; readonly last: number; readonly peak: number };
  readonly descriptors:
    | { readonly first: number; readonly last: number; readonly peak: number }
    | undefined;
  /** Its course, in a bounded number of samples. */
  readonly course: readonly ResourceSample[];
}

/** What a process held at a time. */
export interface ResourceSample {
  /** Milliseconds from the start. */
  readonly at: number;
  readonly residentBytes: number;
  readonly descriptors: number | undefined;
}

/** What client and server used; the server's is undefined where that cannot be seen. */
export interface ResourceFigures {
  readonly client: ProcessFigures;
  readonly server: ProcessFigures | undefined;
}

/** Follows what client and server use, in constant memory. */
export class ResourceWatch {
  readonly #client = new ProcessWatch(ownUsage);
  readonly #server: ProcessWatch | undefined;
  #next = 0;

  constructor(serverPid: number | undefined) {
    if (serverPid !== undefined) this.#server = new ProcessWatch(() => usageOf(serverPid));
  }

  /**
   * Looks, if it is time for that.
   *
   * @param elapsed milliseconds of the measurement: the figures count from the last look before it
   */
  sample(elapsed: number): void {
    if (elapsed < this.#next && elapsed > 0) return;
    if (elapsed <= 0) this.#reset();
    this.#next = elapsed + INTERVAL_MS;
    this.#look(Math.max(0, elapsed));
  }

  /** @param elapsed milliseconds that the measurement took */
  finish(elapsed: number): ResourceFigures {
    this.#look(Math.max(elapsed, this.#next - INTERVAL_MS));
    return { client: this.#client.figures()!, server: this.#server?.figures() };
  }

  #reset(): void {
    this.#client.reset();
    this.#server?.reset();
  }

  #look(elapsed: number): void {
    this.#client.look(elapsed);
    this.#server?.look(elapsed);
  }
}

/** What a process had used at a time. */
interface Look extends Usage {
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

class ProcessWatch {
  readonly #read: () => Usage | undefined;
  #first: Look | undefined;
  #last: Look | undefined;
  #peakResident = 0;
  #peakDescriptors = 0;
  #course: ResourceSample[] = [];
  /** Looks for one sample of the course. */
  #stride = 1;
  #looks = 0;

  constructor(read: () => Usage | undefined) {
    this.#read = read;
  }

  /** @param elapsed milliseconds from the start */
  look(elapsed: number): void {
    const usage = this.#read();
    // A process that has ended keeps the figures that it had.
    if (usage === undefined) return;
    this.#last = { ...usage, at: performance.now() };
    this.#first ??= this.#last;
    this.#peakResident = Math.max(this.#peakResident, usage.residentBytes);
    this.#peakDescriptors = Math.max(this.#peakDescriptors, usage.descriptors ?? 0);
    this.#keep({ ...usage, at: elapsed });
  }

  #keep({ at, residentBytes, descriptors }: Look): void {
    if (this.#looks++ % this.#stride !== 0) return;
    this.#course.push({ at, residentBytes, descriptors });
    if (this.#course.length < MAX_SAMPLES) return;
    this.#course = this.#course.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  reset(): void {
    this.#first = undefined;
    this.#course = [];
    this.#looks = 0;
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

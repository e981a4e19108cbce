/** How a server of the truth takes its time, in milliseconds. */
export type Behaviour =
  | {
    readonly kind: "delays";
    readonly seed: number;
    readonly least: number;
    readonly mean: number;
  }
  /** Before it answers the request of that number, from 0 on. */
  | { readonly kind: "pause"; readonly request: number; readonly milliseconds: number };

/** What the server knows of a request. Times are milliseconds since 1970. */
export interface Served {
  readonly received: number;
  readonly answered: number;
}

export type TruthOrder =
  | { readonly kind: "serve"; readonly behaviour: Behaviour }
  | { readonly kind: "tell" };

export type TruthAnswer =
  | { readonly kind: "ready"; readonly address: string }
  | { readonly kind: "served"; readonly served: readonly Served[] };

/** A server of the truth as a test sees it. */
export class TruthServer implements Disposable {
  readonly #worker = new Worker(new URL("./_truth_server.ts", import.meta.url), { type: "module" });
  #answer = Promise.withResolvers<TruthAnswer>();
  address = "";

  private constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<TruthAnswer>) => this.#answer.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#answer.reject(new Error(event.message));
    };
  }

  static async start(behaviour: Behaviour): Promise<TruthServer> {
    const server = new TruthServer();
    const ready = await server.#ask({ kind: "serve", behaviour });
    if (ready.kind === "ready") server.address = ready.address;
    return server;
  }

  /** All requests that were answered, in the order of that. */
  async served(): Promise<readonly Served[]> {
    const told = await this.#ask({ kind: "tell" });
    return told.kind === "served" ? told.served : [];
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #ask(order: TruthOrder): Promise<TruthAnswer> {
    this.#answer = Promise.withResolvers();
    this.#worker.postMessage(order);
    return this.#answer.promise;
  }
}

/** A time that is known to be from `least` to `most`, in milliseconds. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** When a load was made: since when at the least and at the most, and until when at the most. */
export interface LoadTimes {
  readonly began: Bounds;
  readonly over: number;
}

/** What the latencies of a load truly were, request by request. */
export interface Truth {
  /** From when each was due. */
  readonly corrected: readonly Bounds[];
  /** From when each was sent. */
  readonly uncorrected: readonly Bounds[];
}

/**
 * What the latencies of a load with one request under way at a time truly were. The client sends a
 * request after it had the answer before, and has its answer before it sends the next. So what the server
 * notes bounds what the client saw: from the time between receiving and answering, to that with all
 * between the answer before and the next request. The difference is the allowance for the loopback and
 * for both stacks; it holds however long the machine took for them.
 *
 * @param interval milliseconds between requests that are due; 0 for a closed loop
 */
export function truthOf(
  served: readonly Served[],
  { began, over }: LoadTimes,
  interval: number,
): Truth {
  const times = served.map(({ received, answered }, k) => {
    const ended = { least: answered, most: served[k + 1]?.received ?? over };
    const before = served[k - 1]?.answered ?? began.least;
    const due = interval === 0
      ? { least: before, most: received }
      : { least: began.least + k * interval, most: began.most + k * interval };
    return { ended, due, sent: { least: Math.max(before, due.least), most: received } };
  });
  return {
    corrected: times.map(({ ended, due }) => between(due, ended)),
    uncorrected: times.map(({ ended, sent }) => between(sent, ended)),
  };
}

function between(start: Bounds, end: Bounds): Bounds {
  return { least: Math.max(0, end.least - start.most), most: end.most - start.least };
}

/** The percentile of times each of which is known so: ranks keep their order, so it lies between both. */
export function percentileOf(times: readonly Bounds[], percent: number): Bounds {
  const rank = Math.max(1, Math.ceil(percent / 100 * times.length - 1e-9));
  const at = (values: number[]) => values.sort((a, b) => a - b)[rank - 1];
  return { least: at(times.map((time) => time.least)), most: at(times.map((time) => time.most)) };
}

export function meanOf(times: readonly Bounds[]): Bounds {
  const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  return {
    least: mean(times.map(({ least }) => least)),
    most: mean(times.map(({ most }) => most)),
  };
}

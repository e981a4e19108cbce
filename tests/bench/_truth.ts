/** The response times of a truth server, in milliseconds. */
export type Behaviour =
  | {
    readonly kind: "delays";
    readonly seed: number;
    readonly least: number;
    readonly mean: number;
  }
  /** Pauses before the response to one request, numbered from 0. */
  | { readonly kind: "pause"; readonly request: number; readonly milliseconds: number };

/** The server's times of a request in milliseconds, on the clock that the threads of a load share. */
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

/** A test's handle of a truth server. */
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

  /** Ends the server. Returns the answered requests in the order of their responses. */
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

/** Bounds of a time in milliseconds. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Bounds of the start of a load, and an upper bound of its end. */
export interface LoadTimes {
  readonly began: Bounds;
  readonly over: number;
}

/** The true latencies of a load, by request. */
export interface Truth {
  /** Latencies from the due times. */
  readonly corrected: readonly Bounds[];
  /** Latencies from the send times. */
  readonly uncorrected: readonly Bounds[];
}

/**
 * Computes bounds of the true latencies of a load with one concurrent request, from the server's times. The client sends
 * a request after the previous response, and has its response before it sends the next. So its latency is at least the
 * time between the server's receipt and response, and at most the time between the server's previous response and its
 * next receipt. The difference covers the loopback and both stacks, on a machine of any speed.
 *
 * @param interval milliseconds between due times; 0 for a closed loop
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

/** Returns bounds of a percentile of bounded times: ranks keep their order. */
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

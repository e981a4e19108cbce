/** A load in simulated time, for tests of `signer bench`. @module */
import { Collector, type Phase, Runner } from "../../src/bench/mod.ts";

/** A server in simulated time. Times are in milliseconds. */
export interface SimulatedServer {
  /** Returns the time of the response to a request that arrives at `time`. */
  answerAt(time: number): number;
}

export interface Simulated {
  readonly collector: Collector;
  /** The send times of the requests in order. */
  readonly sent: readonly number[];
  /** The slots of the requests in order. */
  readonly slots: readonly number[];
  /** The end of the last request. */
  readonly end: number;
}

interface SimulationOptions {
  readonly phases: readonly Phase[];
  readonly server: SimulatedServer;
  readonly concurrency: number;
  readonly duration?: number;
  readonly catchUp?: number;
  readonly sendsTogether?: boolean;
  /** Milliseconds that the clock advances with each reading. */
  readonly readingTakes?: number;
}

/** Runs a load in simulated time, which advances to the next event. */
export function simulate(
  {
    phases,
    server,
    concurrency,
    duration = Infinity,
    catchUp = Infinity,
    sendsTogether = false,
    readingTakes = 0,
  }: SimulationOptions,
): Simulated {
  let now = 0;
  const sent: number[] = [];
  const slots: number[] = [];
  const answers: { at: number; slot: number }[] = [];
  const collector = new Collector(Collector.allocate());
  const runner = new Runner({
    phases,
    collector,
    concurrency,
    duration,
    catchUp,
    now: () => now += readingTakes,
    sendsTogether,
    send(slot) {
      sent.push(now);
      slots.push(slot);
      const answer = { at: server.answerAt(now), slot };
      const place = answers.findLastIndex(({ at }) => at <= answer.at) + 1;
      answers.splice(place, 0, answer);
    },
  });
  runner.begin(0);
  for (;;) {
    const next = runner.step();
    if (runner.finished) return { collector, sent, slots, end: now };
    const answer = answers[0];
    if (answer !== undefined && answer.at <= next) {
      answers.shift();
      now = answer.at;
      runner.end(answer.slot, 0, now);
    } else {
      now = next;
    }
  }
}

import { Collector, type Phase, Runner } from "../../src/bench/mod.ts";

/** A server in simulated time. Times are milliseconds. */
export interface SimulatedServer {
  /** When a request that comes at `time` is answered. */
  answerAt(time: number): number;
}

export interface Simulated {
  readonly collector: Collector;
  /** When each request was sent, in their order. */
  readonly sent: readonly number[];
  /** When the last one ended. */
  readonly end: number;
}

interface SimulationOptions {
  readonly phases: readonly Phase[];
  readonly server: SimulatedServer;
  readonly concurrency: number;
  readonly duration?: number;
  readonly catchUp?: number;
}

/** Runs a load to its end without a clock: time goes on to the next thing that happens. */
export function simulate(
  { phases, server, concurrency, duration = Infinity, catchUp = Infinity }: SimulationOptions,
): Simulated {
  let now = 0;
  const sent: number[] = [];
  const answers: { at: number; slot: number }[] = [];
  const collector = new Collector(Collector.allocate());
  const runner = new Runner({
    phases,
    collector,
    concurrency,
    duration,
    catchUp,
    now: () => now,
    send(slot) {
      sent.push(now);
      const answer = { at: server.answerAt(now), slot };
      const place = answers.findLastIndex(({ at }) => at <= answer.at) + 1;
      answers.splice(place, 0, answer);
    },
  });
  runner.begin(0);
  for (;;) {
    const next = runner.step();
    if (runner.finished) return { collector, sent, end: now };
    const answer = answers[0];
    if (answer !== undefined && answer.at <= next) {
      answers.shift();
      now = answer.at;
      runner.end(answer.slot, 0);
    } else {
      now = next;
    }
  }
}

/**
 * A server on a thread of its own, whose answers take times that are known: it notes when each request
 * came to it and when it answered, which is the truth that a load generator is held to. While it waits,
 * all of the thread does: nothing else is read or answered, as in a server that stalls.
 *
 * @module
 */
import { randomNumbers } from "../../src/bench/mod.ts";
import { echoDefinition } from "../../src/api/mod.ts";
import { implement, unary } from "../../src/grpc/mod.ts";
import { openServer } from "../../src/grpc/stacks/mod.ts";
import { formatAddress, tcpAddress } from "../../src/net/mod.ts";
import type { Behaviour, Served, TruthAnswer, TruthOrder } from "./_truth.ts";

const scope = self as unknown as {
  postMessage(answer: TruthAnswer): void;
  onmessage: (event: MessageEvent<TruthOrder>) => void;
};

scope.onmessage = ({ data: order }) => {
  if (order.kind === "serve") serve(order.behaviour);
  else scope.postMessage({ kind: "served", served });
};

const served: Served[] = [];

async function serve(behaviour: Behaviour): Promise<void> {
  const delays = behaviour.kind === "delays" ? drawn(behaviour) : pausing(behaviour);
  const echo = implement(echoDefinition, {
    Echo: unary(() => {
      const received = now();
      sleep(delays.next().value);
      served.push({ received, answered: now() });
      return { message: "", payload: Buffer.alloc(0) };
    }),
  });
  const server = await openServer("native", { services: [echo] });
  const address = formatAddress(await server.listen(tcpAddress("127.0.0.1:0")));
  scope.postMessage({ kind: "ready", address });
}

/** Times of an exponential distribution above a least one: most are short, few are long. */
function* drawn({ seed, least, mean }: Behaviour & { kind: "delays" }): Generator<number, never> {
  const random = randomNumbers(seed);
  while (true) yield least - mean * Math.log(1 - random());
}

/** No time at all, but for one request. */
function* pausing(
  { request, milliseconds }: Behaviour & { kind: "pause" },
): Generator<number, never> {
  for (let k = 0;; k++) yield k === request ? milliseconds : 0;
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Milliseconds since 1970, on the clock that the load's threads count on. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

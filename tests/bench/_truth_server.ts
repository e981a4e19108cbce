/**
 * The truth server: a server on its own thread with known response times. It records the time of each receipt and
 * response, with which the measurements of a load generator are compared. Its waits block the whole thread, as in a
 * server that stalls.
 *
 * @module
 */
import { now } from "../../src/bench/load/clock.ts";
import { randomNumbers } from "../../src/bench/mod.ts";
import { echoDefinition } from "../../src/api/mod.ts";
import { implement, type RpcServer, unary } from "../../src/grpc/mod.ts";
import { openServer } from "../../src/grpc/stacks/mod.ts";
import { formatAddress, tcpAddress } from "../../src/net/mod.ts";
import type { Behaviour, Served, TruthAnswer, TruthOrder } from "./_truth.ts";

const scope = self as unknown as {
  postMessage(answer: TruthAnswer): void;
  onmessage: (event: MessageEvent<TruthOrder>) => void;
};

scope.onmessage = ({ data: order }) => {
  if (order.kind === "serve") serve(order.behaviour);
  else tell();
};

const served: Served[] = [];
let server: RpcServer | undefined;

/** Ends the server, whose descriptors would outlive this thread, and tells the times. */
async function tell(): Promise<void> {
  await server?.close();
  scope.postMessage({ kind: "served", served });
}

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
  server = await openServer("native", { services: [echo] });
  const address = formatAddress(await server.listen(tcpAddress("127.0.0.1:0")));
  scope.postMessage({ kind: "ready", address });
}

/** Yields a minimum plus exponentially distributed times. */
function* drawn({ seed, least, mean }: Behaviour & { kind: "delays" }): Generator<number, never> {
  const random = randomNumbers(seed);
  while (true) yield least - mean * Math.log(1 - random());
}

/** Yields 0 for all requests but one. */
function* pausing(
  { request, milliseconds }: Behaviour & { kind: "pause" },
): Generator<number, never> {
  for (let k = 0;; k++) yield k === request ? milliseconds : 0;
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

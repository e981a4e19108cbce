/**
 * The entry module of a load thread. For each load it connects, waits for `begin`, makes its share of the requests
 * and reports errors. Its measurements are in memory that the main thread reads. Compiled code stays from one load to
 * the next; connections do not.
 *
 * @module
 */
import { libc } from "../../ffi/mod.ts";
import { RpcError } from "../../grpc/mod.ts";
import { NetError, openTlsContext } from "../../net/mod.ts";
import { Collector } from "../collector/mod.ts";
import { ChannelDriver } from "./channel_driver.ts";
import { now, threadOrigin } from "./clock.ts";
import { ConnectDriver } from "./connect_driver.ts";
import { Control } from "./control.ts";
import type { Driver, DriverListener } from "./driver.ts";
import { runLoop, Signal } from "./loop.ts";
import { Messages } from "./messages.ts";
import { NativeDriver } from "./native_driver.ts";
import { phasesOf } from "./phases.ts";
import { shareOf } from "./plan.ts";
import { Runner } from "./runner.ts";
import type { Answer, Order } from "./thread.ts";

/** prctl(2): the nanoseconds by which the kernel may delay a timer of this thread, 50,000 by default. */
const PR_SET_TIMERSLACK = 29;

/** The least time after the end in which due requests are sent. */
const MIN_CATCH_UP_MS = 1000;

const scope = self as unknown as {
  postMessage(answer: Answer): void;
  onmessage: (event: MessageEvent<Order>) => void;
};

let begun = Promise.withResolvers<number>();

scope.onmessage = ({ data: order }) => {
  if (order.kind === "begin") return begun.resolve(order.at);
  begun = Promise.withResolvers();
  run(order, begun.promise).then((answer) => scope.postMessage(answer), fail);
};

/** Makes the share of a load, and closes its connections. */
async function run(
  { plan, share, collector, control: words, tls }: Order & { kind: "prepare" },
  begin: Promise<number>,
): Promise<Answer> {
  const { duration, workload, stack } = plan;
  const concurrency = Math.max(1, shareOf(plan.concurrency, share.thread, share.threads));
  const control = new Control(words);
  const messages = new Messages();
  const ended = new Signal();
  const listener: DriverListener = {
    onEnd(slot, outcome, message, at) {
      const measured = runner.end(slot, outcome, at);
      if (outcome !== 0 && measured) messages.add(outcome, message);
      ended.give();
    },
  };
  // Disposed of after the driver, which uses it.
  using context = tls && openTlsContext(tls);
  await using driver: Driver = workload.kind === "connect"
    ? new ConnectDriver(plan, listener, context)
    : workload.kind === "unary" && stack === "native"
    ? new NativeDriver(plan, workload, share, concurrency, listener, context)
    : new ChannelDriver(plan, workload, share, listener, context);
  const runner = new Runner({
    phases: phasesOf(plan, share),
    collector: new Collector(collector),
    concurrency,
    now: () => performance.now(),
    send: (slot, now) => driver.send(slot, now),
    sendsTogether: driver.blocking,
    catchUp: duration === Infinity ? Infinity : Math.max(MIN_CATCH_UP_MS, duration / 10),
    duration: plan.warmup + duration,
  });
  if (driver.blocking) libc.prctl(PR_SET_TIMERSLACK, 1);
  await driver.connect(Date.now() + plan.connectTimeout, control);
  scope.postMessage({ kind: "ready" });
  runner.begin(await begin - threadOrigin());
  await runLoop(runner, driver, control, ended);
  return { kind: "done", at: now(), messages: messages.list() };
}

function fail(error: unknown): void {
  const { message } = error as Error;
  const status = error instanceof RpcError ? error.code : undefined;
  scope.postMessage({ kind: "failed", message, status, cause: netErrorIn(error) });
}

/** Returns the network error that caused an error, because `postMessage()` drops the `code` of errors. */
function netErrorIn(error: unknown): { readonly code: string } | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof NetError) return { code: cause.code };
  }
}

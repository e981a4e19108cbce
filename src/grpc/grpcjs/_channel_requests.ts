/** The sending of a client call's requests. @module */
import { setImmediate } from "node:timers";
import type { experimental } from "@grpc/grpc-js";
import type { AnyMethod, StatusName } from "../mod.ts";

/** The call whose requests are sent. */
export interface Sending {
  readonly call: experimental.CallStream;
  readonly method: AnyMethod;
  /** Resolves when the call has ended, with any status. */
  readonly ended: () => Promise<void>;
  readonly cancel: (code: StatusName, reason: string, cause?: unknown) => void;
}

/**
 * Sends the requests of a call and half-closes it. An error cancels the call and is not thrown.
 */
export function sendRequests<I>(sending: Sending, requests: Iterable<I> | AsyncIterable<I>): void {
  const failed = (cause: unknown) =>
    sending.cancel("CANCELLED", "The requests ended in an error", cause);
  if (sending.method.requestStream) {
    sendEach(sending, requests).catch(failed);
  } else if (Symbol.iterator in requests) {
    // The fast path of nearly every call: no promise is allocated.
    let all: readonly I[];
    try {
      all = [...requests];
    } catch (cause) {
      return failed(cause);
    }
    sendOnly(sending, all);
  } else {
    collect(requests).then((all) => sendOnly(sending, all)).catch(failed);
  }
}

/** Sends the request of a method with one request. */
function sendOnly<I>(sending: Sending, requests: readonly I[]): void {
  if (requests.length !== 1) {
    const problem = `${sending.method.path} takes one request, not ${requests.length}`;
    return sending.cancel("INVALID_ARGUMENT", problem);
  }
  const message = serialize(sending, requests[0]);
  if (!message) return;
  sending.call.sendMessageWithContext({}, message);
  sending.call.halfClose();
}

async function collect<I>(requests: AsyncIterable<I>): Promise<I[]> {
  const all: I[] = [];
  for await (const request of requests) all.push(request);
  return all;
}

/**
 * Requests after which the sender yields to the event loop. Without it, a source that never waits would keep
 * responses and the end of the call from being read.
 */
const REQUESTS_PER_TURN = 64;

/** Sends each request when the write of the previous one is acknowledged, until the call ends. */
async function sendEach<I>(
  sending: Sending,
  requests: Iterable<I> | AsyncIterable<I>,
): Promise<void> {
  const { call } = sending;
  const iterator = Symbol.asyncIterator in requests
    ? requests[Symbol.asyncIterator]()
    : requests[Symbol.iterator]();
  let over = false;
  const ended = sending.ended().then(() => {
    over = true;
  });
  for (let sent = 1; !over; sent++) {
    if (sent % REQUESTS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    const next = await Promise.race([iterator.next(), ended]);
    if (!next || over) break;
    if (next.done) return call.halfClose();
    const message = serialize(sending, next.value);
    if (!message) break;
    const taken = new Promise<void>((resolve) =>
      call.sendMessageWithContext({ callback: () => resolve() }, message)
    );
    await Promise.race([taken, ended]);
  }
  // Not awaited: a source that waits for input might never return.
  Promise.resolve(iterator.return?.()).catch(() => {});
}

function serialize({ method, cancel }: Sending, request: unknown): Buffer | undefined {
  try {
    return method.requestSerialize(request);
  } catch (cause) {
    cancel("INVALID_ARGUMENT", `Cannot write a request of ${method.path}`, cause);
  }
}

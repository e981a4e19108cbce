/** A well-behaved client on its own thread: makes sequential calls until it is stopped. @module */
import { healthDefinition } from "../../src/api/mod.ts";
import type { AnyMethod } from "../../src/grpc/mod.ts";
import { openNativeChannel } from "../../src/grpc/native/client/mod.ts";
import { echo, signing } from "../e2e/_signer.ts";

/** The kinds of calls that a good client makes. */
const callKinds = ["echo", "echo-64k", "sign", "health"] as const;
export type CallKind = typeof callKinds[number];

/** The first message to the thread: the server and the calls to make. */
export interface GoodClientStart {
  readonly address: string;
  readonly kinds: readonly CallKind[];
  readonly deadlineMs: number;
}

/** The calls of one kind, in a good client's report at its end. */
export interface CallRecord {
  /** Milliseconds of each successful call. */
  readonly latencies: number[];
  /** The errors of the other calls. */
  readonly failures: string[];
}
export type CallRecords = Readonly<Record<CallKind, CallRecord>>;

/** Milliseconds between two calls, so that the client itself is no load. */
const PAUSE_MS = 2;

const large = "x".repeat(65_536);
const requests: Record<CallKind, readonly [method: unknown, request: object]> = {
  echo: [echo.Echo, { message: "hello" }],
  "echo-64k": [echo.Echo, { message: large }],
  sign: [signing.Sign, {
    keyType: "KEY_TYPE_ECDSA_P256",
    algorithm: "ECDSA_SHA_256",
    message: new TextEncoder().encode("hello"),
  }],
  health: [healthDefinition.Check, { service: "" }],
};

interface Scope {
  onmessage: ((event: MessageEvent<GoodClientStart | "stop">) => void) | null;
  postMessage(message: CallRecords | "called"): void;
}

const scope = globalThis as unknown as Scope;
let stopped = false;
scope.onmessage = ({ data }) => {
  if (data === "stop") stopped = true;
  else run(data).then((records) => scope.postMessage(records));
};

async function run({ address, kinds, deadlineMs }: GoodClientStart): Promise<CallRecords> {
  const records = Object.fromEntries(
    callKinds.map((kind) => [kind, { latencies: [], failures: [] } as CallRecord]),
  ) as Record<CallKind, CallRecord>;
  using channel = openNativeChannel({ addresses: [address] });
  for (let round = 0; !stopped; round++) {
    for (const kind of kinds) {
      const [method, request] = requests[kind];
      const began = performance.now();
      const deadline = Date.now() + deadlineMs;
      try {
        const { responses } = channel.call(method as AnyMethod, [request], { deadline });
        for await (const _ of responses);
        records[kind].latencies.push(performance.now() - began);
      } catch (error) {
        records[kind].failures.push(String(error));
      }
    }
    if (round === 0) scope.postMessage("called");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return records;
}

/** Calls of a load over channels of either stack. @module */
import {
  type AnyMethod,
  asBuffer,
  Metadata,
  type RpcChannel,
  RpcError,
  StatusCode,
} from "../../grpc/mod.ts";
import { openChannel } from "../../grpc/grpcjs/mod.ts";
import { openNativeChannel } from "../../grpc/native/client/mod.ts";
import type { TlsContext } from "../../net/mod.ts";
import { checkFormat } from "../../protobuf/mod.ts";
import { BAD_SIGNATURE, outcomeOf } from "../collector/mod.ts";
import type { Share } from "../pacer/mod.ts";
import { channelOptionsOf } from "./channel_options.ts";
import type { Control } from "./control.ts";
import type { Driver, DriverListener } from "./driver.ts";
import { type LoadPlan, shareOf, type Workload } from "./plan.ts";
import { openVerifier, type Verifier } from "./verifier.ts";

type Calls = Workload & { kind: "unary" | "stream" };

/** Makes calls of any kind on either stack by the channel API, on the event loop. */
export class ChannelDriver implements Driver {
  readonly blocking = false;
  readonly #channels: readonly RpcChannel[];
  readonly #method: AnyMethod;
  readonly #requests: readonly Uint8Array[];
  readonly #metadata: Metadata;
  readonly #deadline: number;
  readonly #listener: DriverListener;
  readonly #verifier: Verifier | undefined;

  constructor(
    plan: LoadPlan,
    workload: Calls,
    { thread, threads }: Share,
    listener: DriverListener,
    tls: TlsContext | undefined,
  ) {
    const connections = Math.max(1, shareOf(plan.connections, thread, threads));
    const options = channelOptionsOf(plan, tls);
    this.#channels = plan.stack === "native"
      ? [openNativeChannel({ ...options, connections })]
      : Array.from({ length: connections }, () => openChannel(options));
    this.#method = methodOnBytes(workload);
    this.#requests = workload.kind === "unary" ? [workload.request] : workload.requests;
    this.#metadata = new Metadata(plan.metadata);
    this.#deadline = plan.deadline;
    this.#listener = listener;
    const verify = workload.kind === "unary" ? workload.verify : undefined;
    this.#verifier = verify && openVerifier(verify, plan.seed + thread);
  }

  async connect(deadline: number, control: Control): Promise<void> {
    const connected = this.#channels.map((channel) => channel.connect(deadline));
    await Promise.race([Promise.all(connected), control.whenStopped()]);
  }

  send(slot: number): void {
    this.#call(this.#channels[slot % this.#channels.length]).then(
      (outcome) => this.#listener.onEnd(slot, outcome, "", performance.now()),
      (error) => {
        const code = error instanceof RpcError ? error.code : StatusCode.UNKNOWN;
        const { message } = error as Error;
        this.#listener.onEnd(slot, outcomeOf(code), message, performance.now());
      },
    );
  }

  flush(): void {}

  wait(): void {}

  needsEventLoop(): boolean {
    return true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const channel of this.#channels) channel[Symbol.dispose]();
    this.#verifier?.[Symbol.dispose]();
    return Promise.resolve();
  }

  /** Makes a call and reads all responses. */
  async #call(channel: RpcChannel): Promise<number> {
    const { responses } = channel.call<Uint8Array, Uint8Array>(this.#method, this.#requests, {
      metadata: this.#metadata,
      ...(this.#deadline > 0 ? { deadline: Date.now() + this.#deadline } : {}),
    });
    let valid = true;
    for await (const bytes of responses) {
      valid &&= this.#verifier?.accepts(bytes, 0, bytes.length) ?? true;
    }
    return valid ? StatusCode.OK : BAD_SIGNATURE;
  }
}

/** Returns a method whose messages are plain bytes. */
function methodOnBytes(workload: Calls): AnyMethod {
  return {
    path: workload.path,
    requestStream: workload.kind === "stream" && workload.requestStream,
    responseStream: workload.kind === "stream" && workload.responseStream,
    requestSerialize: asBuffer,
    requestDeserialize: asBuffer,
    responseSerialize: asBuffer,
    responseDeserialize: checked,
  };
}

/** Returns a response, whose type is not known. The channel ends the call as INTERNAL when this throws. */
function checked(bytes: Uint8Array): Buffer {
  checkFormat(bytes, 0, bytes.length);
  return asBuffer(bytes);
}

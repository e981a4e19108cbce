/** Connections of a load, each opened and closed. @module */
import { type ChannelOptions, type RpcChannel, RpcError, StatusCode } from "../../grpc/mod.ts";
import { openChannel } from "../../grpc/grpcjs/mod.ts";
import { openNativeChannel } from "../../grpc/native/client/mod.ts";
import type { TlsContext } from "../../net/mod.ts";
import { outcomeOf } from "../collector/mod.ts";
import { channelOptionsOf } from "./channel_options.ts";
import type { Control } from "./control.ts";
import type { Driver, DriverListener } from "./driver.ts";
import type { LoadPlan } from "./plan.ts";

/** Opens connections, up to the server's SETTINGS, and closes them. Over TLS each has a full handshake. */
export class ConnectDriver implements Driver {
  readonly blocking = false;
  readonly #plan: LoadPlan;
  readonly #options: ChannelOptions;
  readonly #listener: DriverListener;
  readonly #open = new Set<RpcChannel>();

  constructor(plan: LoadPlan, listener: DriverListener, tls: TlsContext | undefined) {
    this.#plan = plan;
    this.#options = channelOptionsOf(plan, tls);
    this.#listener = listener;
  }

  async connect(deadline: number, control: Control): Promise<void> {
    using channel = this.#channel();
    await Promise.race([channel.connect(deadline), control.whenStopped()]);
  }

  send(slot: number): void {
    const { deadline, connectTimeout } = this.#plan;
    const channel = this.#channel();
    this.#open.add(channel);
    channel.connect(Date.now() + (deadline || connectTimeout)).then(
      () => this.#end(slot, channel, StatusCode.OK, ""),
      (error) => {
        const code = error instanceof RpcError ? error.code : StatusCode.UNKNOWN;
        this.#end(slot, channel, outcomeOf(code), (error as Error).message);
      },
    );
  }

  flush(): void {}

  wait(): void {}

  needsEventLoop(): boolean {
    return true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const channel of this.#open) channel[Symbol.dispose]();
    return Promise.resolve();
  }

  #end(slot: number, channel: RpcChannel, outcome: number, message: string): void {
    this.#open.delete(channel);
    // The time to close the connection is not measured.
    this.#listener.onEnd(slot, outcome, message, performance.now());
    channel[Symbol.dispose]();
  }

  #channel(): RpcChannel {
    return this.#plan.stack === "native"
      ? openNativeChannel(this.#options)
      : openChannel(this.#options);
  }
}

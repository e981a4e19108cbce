import { type RpcChannel, type RpcError, StatusCode } from "../../src/grpc/mod.ts";
import { call, signing } from "./_signer.ts";

/** Concurrent calls on each channel. */
const AT_ONCE = 4;

/** A load that runs until the server is unreachable. */
export interface Load {
  /** Resolves once each channel has received this many responses. */
  answered(count: number): Promise<unknown>;
  /** Resolves when all calls have ended, to their failures, except failures to connect. */
  readonly failures: Promise<string[]>;
}

/** Starts repeated signing calls on each channel. */
export function load(channels: readonly RpcChannel[]): Load {
  const failures: string[] = [];
  const callers = channels.map((channel) => new Caller(channel, failures));
  const ended = Promise.all(callers.map(({ ended }) => ended));
  return {
    answered: (count) => Promise.all(callers.map((caller) => caller.answered(count))),
    failures: ended.then(() => failures),
  };
}

class Caller {
  readonly ended: Promise<unknown>;
  #answers = 0;
  #goal = { count: Infinity, reached: () => {} };

  constructor(channel: RpcChannel, failures: string[]) {
    this.ended = Promise.all(Array.from({ length: AT_ONCE }, () => this.#run(channel, failures)));
  }

  answered(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#goal = { count, reached: resolve };
      void this.ended.then(() => resolve());
    });
  }

  async #run(channel: RpcChannel, failures: string[]): Promise<void> {
    const request = { keyType: "KEY_TYPE_ED25519", message: new Uint8Array(32) };
    while (true) {
      try {
        await call(channel, signing.Sign, request);
        if (++this.#answers >= this.#goal.count) this.#goal.reached();
      } catch (error) {
        const { code, message } = error as RpcError;
        // A call that was never sent is not lost. The server is gone, so the load ends.
        if (code === StatusCode.UNAVAILABLE && /^No connection established/.test(message)) return;
        failures.push(`${code} ${message}`);
        if (failures.length > 1000) return;
      }
    }
  }
}

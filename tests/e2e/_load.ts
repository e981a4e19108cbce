import { type RpcChannel, type RpcError, StatusCode } from "../../src/grpc/mod.ts";
import { call, signing } from "./_signer.ts";

/** Calls at once on each channel. */
const AT_ONCE = 4;

/** A load that a server is under until nobody can reach it any more. */
export interface Load {
  /** Resolves once each channel has had this many answers. */
  answered(count: number): Promise<unknown>;
  /** Resolves when all have ended: the failures that they have seen, but for those of the last dial. */
  readonly failures: Promise<string[]>;
}

/** Puts signing calls on each channel, again and again. */
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
        // What was never sent is not lost: the server is gone, and so the load ends.
        if (code === StatusCode.UNAVAILABLE && /^No connection established/.test(message)) return;
        failures.push(`${code} ${message}`);
        if (failures.length > 1000) return;
      }
    }
  }
}

/**
 * The attacks of `bench_fairness.ts`. Run as a program, it keeps one going until it is killed:
 *
 *   attack.ts NAME ADDRESS
 *
 * @module
 */
import { echoDefinition, signingDefinition } from "../../src/api/mod.ts";
import type { AnyMethod } from "../../src/grpc/mod.ts";
import { type NativeChannel, openNativeChannel } from "../../src/grpc/native/client/mod.ts";

/** Endless requests: a number of concurrent calls on each connection. */
interface Attack {
  readonly connections: number;
  readonly atOnce: number;
  readonly method: AnyMethod;
  /** The requests of one call. */
  readonly requests: readonly unknown[];
}

const rsa = { keyType: "KEY_TYPE_RSA_4096", message: new Uint8Array(32) };
const { Sign, SignBatch, SignStream } = signingDefinition;

/** The attacks by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  "batches of 1,024, RSA-4096": {
    ...{ connections: 2, atOnce: 50, method: SignBatch },
    requests: [{ requests: Array<object>(1_024).fill(rsa) }],
  },
  "streams, RSA-4096": {
    ...{ connections: 4, atOnce: 250, method: SignStream },
    requests: Array<object>(100).fill(rsa),
  },
  "calls, RSA-4096": { connections: 4, atOnce: 1_000, method: Sign, requests: [rsa] },
  "echoes of 4 MB of U+FFFD": {
    ...{ connections: 1, atOnce: 8, method: echoDefinition.Echo },
    requests: [{ message: "\ufffd".repeat(1_390_000) }],
  },
};

/** Makes the calls of an attack, again and again. */
function start(address: string, { connections, atOnce, method, requests }: Attack): void {
  for (let i = 0; i < connections; i++) {
    const channel = openNativeChannel({ addresses: [address] });
    for (let k = 0; k < atOnce; k++) repeat(channel, method, requests);
  }
}

async function repeat(
  channel: NativeChannel,
  method: AnyMethod,
  requests: readonly unknown[],
): Promise<never> {
  for (;;) {
    try {
      for await (const _ of channel.call(method, requests).responses);
    } catch {
      // The call was refused: retry a little later.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

if (import.meta.main) {
  const [name, address] = Deno.args;
  start(address, attacks[name]);
}

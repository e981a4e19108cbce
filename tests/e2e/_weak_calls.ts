/**
 * Calls servers of weak certificates over TLS, in a process of its own that reads another openssl.cnf:
 *
 *     _weak_calls.ts CA.pem CALLS
 *
 * `CALLS` is an array of `WeakCall` as JSON. Prints an array of the failures: status and message of each call.
 *
 * @module
 */
import { ClientTls } from "../../src/cli/client/tls.ts";
import { RpcError, statusName } from "../../src/grpc/mod.ts";
import { openChannel, type Stack } from "../../src/grpc/stacks/mod.ts";
import { call, echo } from "./_signer.ts";

/** A call that has to fail. */
export interface WeakCall {
  /** The name of the transport. */
  readonly way: string;
  readonly stack: Stack;
  readonly target: string;
  /** The reason of the failure, as a regular expression. */
  readonly reason: string;
}

/** 60 s for a connection: handshakes of an emulated machine are slow. */
const PATIENCE_MS = 60_000;

async function failureOf({ stack, target }: WeakCall, tls: ClientTls): Promise<string> {
  using context = tls.open();
  using channel = await openChannel(stack, {
    addresses: [target],
    authority: "localhost",
    connectTimeout: PATIENCE_MS,
    reconnect: { initial: PATIENCE_MS, max: PATIENCE_MS },
    tls: { context },
  });
  try {
    await call(channel, echo.Echo, {});
    return "none";
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return `${statusName(error.code)}: ${error.message}`;
  }
}

if (import.meta.main) {
  const [tlsCa, calls] = Deno.args;
  using tls = await ClientTls.load({ tlsCa });
  const failures: string[] = [];
  for (const call of JSON.parse(calls)) failures.push(await failureOf(call, tls));
  console.log(JSON.stringify(failures));
}

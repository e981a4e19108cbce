import { KeyRing, KeyStore, openProvider } from "../../src/crypto/mod.ts";
import type { RpcServer } from "../../src/grpc/mod.ts";
import { openServer, type Stack } from "../../src/grpc/stacks/mod.ts";
import { type InternalErrorReport, signerServices } from "../../src/services/mod.ts";

// Opened here: libraries stay loaded, which is no leak of the test that needs them first.
const { provider } = openProvider("auto");

/** A server of this process whose ListKeys fails inside, and what is told of that for the log. */
export async function openFailing(
  stack: Stack,
  report: InternalErrorReport,
): Promise<RpcServer> {
  const keys = new KeyStore();
  keys.list = () => {
    throw new Error("The store is broken");
  };
  const { services } = signerServices(
    new KeyRing(keys),
    { version: "1.2.3", stack, provider, process: { pid: 42, startTicks: 4242 } },
    report,
  );
  return await openServer(stack, { services });
}

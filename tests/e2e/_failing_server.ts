import { DEFAULT_REQUEST_LIMITS } from "../../src/api/mod.ts";
import { KeyRing, KeyStore, openProvider } from "../../src/crypto/mod.ts";
import type { RpcServer } from "../../src/grpc/mod.ts";
import { openServer, type Stack } from "../../src/grpc/stacks/mod.ts";
import { type InternalErrorReport, signerServices } from "../../src/services/mod.ts";

// Opened outside of tests: libraries stay loaded, and the sanitizer would report the first test for them.
const { provider } = openProvider("auto");

/** Opens a server in this process whose ListKeys throws, and the errors that it reports for the log. */
export async function openFailing(
  stack: Stack,
  report: InternalErrorReport,
): Promise<RpcServer> {
  const keys = new KeyStore();
  keys.list = () => {
    throw new Error("The store is broken");
  };
  const { services } = await signerServices(
    new KeyRing(keys),
    {
      version: "1.2.3",
      stack,
      provider,
      limits: DEFAULT_REQUEST_LIMITS,
      process: { pid: 42, startTicks: 4242 },
    },
    report,
  );
  return await openServer(stack, { services });
}

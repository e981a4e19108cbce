import assert from "node:assert/strict";
import type { GetServerInfoResponse } from "../../src/api/mod.ts";
import type { CallContext, UnaryHandler } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { Served, KeyRing, KeyStore, serverInfoService, openProvider, UNRESTRICTED }] =
  await gate(
    ["net", "env", "read", "sys", "ffi"],
    async () => ({
      ...await import("./_served.ts"),
      ...await import("../../src/access/mod.ts"),
      ...await import("../../src/crypto/mod.ts"),
      ...await import("../../src/services/server_info.ts"),
    }),
  );
const test = onEachStack(gated);

test("`GetServerInfo` reports the server's process to a local client", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  const info = await served.call<GetServerInfoResponse>("serverInfo.GetServerInfo", {});
  assert.deepEqual([info.pid, info.pidStartTicks], [42, 4242]);
});

gated("`GetServerInfo` reports no process to a remote client", () => {
  const { provider } = openProvider("auto");
  const process = { pid: 42, startTicks: 4242 };
  const limits = { maxRequestBytes: 1_024, maxBatchItems: 2 };
  const identity = { version: "1.2.3", stack: "native", provider, limits, process };
  const { handlers } = serverInfoService(new KeyRing(new KeyStore()), identity, () => UNRESTRICTED);
  const handler = handlers.GetServerInfo as UnaryHandler<unknown, GetServerInfoResponse>;
  const ask = (peerIsLocal: boolean) =>
    handler.handle({}, { peerIsLocal } as CallContext) as Partial<GetServerInfoResponse>;
  assert.equal(ask(true).pid, 42);
  assert.deepEqual([ask(false).pid, ask(false).pidStartTicks], [undefined, undefined]);
});

import assert from "node:assert/strict";
import type { GetServerInfoResponse } from "../../src/api/mod.ts";
import type { CallContext, UnaryHandler } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { Served, KeyRing, KeyStore, libc, serverInfoService, openProvider }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  async () => ({
    ...await import("./_served.ts"),
    ...await import("../../src/crypto/mod.ts"),
    ...await import("../../src/ffi/mod.ts"),
    ...await import("../../src/services/server_info.ts"),
  }),
);
const test = onEachStack(gated);

test("`GetServerInfo` tells a caller on the same machine which process serves", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  const info = await served.call<GetServerInfoResponse>("serverInfo.GetServerInfo", {});
  assert.equal(info.pid, Deno.pid);
  assert.equal(info.pidStartTicks, libc.processStartTicks("self"));
});

gated("`GetServerInfo` tells callers from elsewhere of no process", () => {
  const { provider } = openProvider("auto");
  const identity = { version: "1.2.3", stack: "native", provider };
  const { handlers } = serverInfoService(new KeyRing(new KeyStore()), identity);
  const handler = handlers.GetServerInfo as UnaryHandler<unknown, GetServerInfoResponse>;
  for (const peer of ["tcp://10.0.0.5:4242", "vsock:2:1024", "unknown"]) {
    const { pid, pidStartTicks } = handler.handle({}, { peer } as CallContext) as Partial<
      GetServerInfoResponse
    >;
    assert.deepEqual([pid, pidStartTicks], [undefined, undefined], peer);
  }
});

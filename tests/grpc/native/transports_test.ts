import assert from "node:assert/strict";
import { join } from "node:path";
import { unary } from "../../../src/grpc/handler.ts";
import { gate } from "../../_support/gate.ts";

const [test, loaded] = await gate(["net", "env", "read", "write", "sys", "ffi"], async () => ({
  ...await import("./_rig.ts"),
  ...await import("../_rig.ts"),
  ...await import("../../../src/grpc/native/server/mod.ts"),
  ...await import("../../../src/net/mod.ts"),
  openGrpcJsChannel: (await import("../../../src/grpc/grpcjs/mod.ts")).openChannel,
}));
const { openNativeServer, kindsService, kinds, all, parseAddress, formatAddress } = loaded;

test("The native server serves each transport of one machine, and knows its peer", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const peers: [string, RegExp][] = [
      ["127.0.0.1:0", /^tcp:\/\/127\.0\.0\.1:\d+$/],
      ["[::1]:0", /^tcp:\/\/\[::1\]:\d+$/],
      [`unix:${join(folder, "socket")}`, /^unix:pid=\d+,uid=\d+$/],
      [`unix-abstract:signer-test-${crypto.randomUUID()}`, /^unix:pid=\d+,uid=\d+$/],
    ];
    const service = kindsService({ Unary: unary((_, { peer }) => peer) });
    const server = openNativeServer({ services: [service] });
    for (const [address, peer] of peers) {
      const bound = formatAddress(await server.listen(parseAddress(address)));
      const channel = loaded.openGrpcJsChannel({ addresses: [bound] });
      const [answer] = await all(channel.call<unknown, string>(kinds.Unary, [1]).responses);
      assert.match(answer, peer);
      channel[Symbol.dispose]();
    }
    await server.close();
    assert.deepEqual([...Deno.readDirSync(folder)], [], "The socket's file is removed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

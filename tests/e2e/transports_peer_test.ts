import assert from "node:assert/strict";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { settle, temporaryDirectory } from "../net/_transports.ts";
import { loadStage, PERMISSIONS, stacks, waysHere } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, loadStage);
const { net } = loaded;

for (const stack of stacks) {
  test(`${stack} logs the peer of a call over every transport`, async () => {
    using directory = temporaryDirectory();
    const peers: string[] = [];
    const server = await loaded.failing.openFailing(stack, ({ peer }) => peers.push(peer));
    try {
      for (const way of waysHere(net)) {
        const place = await way.open(directory.path);
        await using _monitor = place.monitor;
        await server.listen(place.listens);
        using channel = loaded.clients.native({ addresses: [place.target] });
        const failure = loaded.signer.call(channel, loaded.signer.signing.ListKeys, {});
        await assert.rejects(failure, { code: StatusCode.INTERNAL });
        assert.match(peers.pop() ?? "nobody", place.peer);
      }
    } finally {
      await server.close();
    }
    await settle(net);
  });
}

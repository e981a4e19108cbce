/**
 * The whole program over every transport, with servers and channels of both stacks: `signer serve` in a child
 * process that listens on all transports. In the guest of `scripts/guest_vm.ts`, vsock is real.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { settle, temporaryDirectory } from "../net/_transports.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions, stacks } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, loadStage);
const { net } = loaded;

for (const stack of stacks) {
  test(`${stack} serves and drains all transports at once`, async (t) => {
    const { SignerProcess } = loaded.signer;
    using directory = temporaryDirectory();
    await using opened = await openWays(net, directory.path);
    await using server = await SignerProcess.start(
      ...["--stack", stack, "--generate", "ed25519"],
      ...serveOptions(opened),
    );
    assert.equal(server.addresses.length, opened.size);

    for (const [{ name }, { target }] of opened) {
      await t.step(`${name}: 200 concurrent connections are all served`, async () => {
        // With the native client only: an emulated machine takes too long for grpc-js's.
        await loaded.cases.manyConnections(() => loaded.clients.native({ addresses: [target] }));
        await settle(net);
      });
      for (const [client, openChannel] of Object.entries(loaded.clients)) {
        const open = (address = target) => openChannel({ addresses: [address] });
        for (const [what, run] of Object.entries(loaded.cases.cases)) {
          await t.step(`${name}, ${client} client: ${what}`, async () => {
            await run({ net, stack, target, open });
            await settle(net);
          });
        }
      }
    }

    await t.step("a drain under load over every transport loses no call", async () => {
      // The single GOAWAY of a grpc-js server omits streams in flight, which can end a grpc-js client on Deno.
      const { native } = loaded.clients;
      const clients = stack === "grpc-js" ? [native] : Object.values(loaded.clients);
      const channels = [...opened.values()].flatMap(({ target }) =>
        clients.map((openChannel) => openChannel({ addresses: [target] }))
      );
      const underWay = loaded.load.load(channels);
      await underWay.answered(20);
      const stopped = server.stop();
      // Refused before processing (RFC 9113 section 8.7): such a call may be retried elsewhere.
      const lost = (await underWay.failures).filter((text) =>
        !/Stream refused by server/.test(text)
      );
      assert.deepEqual(lost, []);
      assert.equal(await stopped, 0);
      for (const channel of channels) channel[Symbol.dispose]();
      await settle(net);
    });
    assert.match(await server.log, /msg=Stopped/);
    assert.doesNotMatch(await server.log, /level=error/);
    const left = [...Deno.readDirSync(directory.path)].map(({ name }) => name);
    assert.ok(left.every((name) => name.startsWith("vm-")), `left behind: ${left}`);
  });
}

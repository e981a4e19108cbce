/**
 * Mutual TLS over every transport, with servers and channels of both stacks. In the guest of `scripts/guest_vm.ts`,
 * vsock is real.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { settle, temporaryDirectory } from "../net/_transports.ts";
import { loadStage, openWays, PERMISSIONS, serveOptions, stacks } from "./_stage.ts";

const [test, loaded] = await gate(PERMISSIONS, async () => ({
  ...await loadStage(),
  ...await import("../_support/certificates.ts"),
}));
const { net, TestCa } = loaded;

/** Handshakes of an emulated machine are slow. */
const PATIENCE_MS = 60_000;

for (const stack of stacks) {
  test(`${stack} serves all transports over mutual TLS, and refuses a client without a certificate`, async (t) => {
    const { call, echo, SignerProcess } = loaded.signer;
    using directory = temporaryDirectory();
    using ca = await TestCa.create();
    using identity = await ca.issue();
    using client = await ca.issue({ usage: "client" });
    const file = (name: string, content: Uint8Array) => {
      Deno.writeFileSync(`${directory.path}/${name}`, content, { mode: 0o600 });
      return `${directory.path}/${name}`;
    };
    await using opened = await openWays(net, directory.path);
    await using server = await SignerProcess.start(
      ...["--stack", stack, "--generate", "ed25519", ...serveOptions(opened)],
      ...["--tls-cert", file("server.pem", identity.certificates)],
      ...["--tls-key", file("server.key", identity.privateKey)],
      ...["--tls-client-ca", file("ca.pem", ca.pem)],
    );
    for (const [{ name }, { target }] of opened) {
      for (const [clientStack, openChannel] of Object.entries(loaded.clients)) {
        await t.step(`${name}, ${clientStack} client`, async () => {
          const options = { addresses: [target], connectTimeout: PATIENCE_MS };
          {
            using context = ca.clientContext(client);
            using channel = openChannel({ ...options, tls: { context } });
            const payload = Buffer.alloc(100_000, 7);
            const answer = await call<{ payload: Uint8Array }>(channel, echo.Echo, { payload });
            assert.deepEqual(Buffer.from(answer.payload), payload);
          }
          using context = ca.clientContext();
          using channel = openChannel({ ...options, tls: { context } });
          await assert.rejects(call(channel, echo.Echo, {}), /alert certificate required/);
          channel[Symbol.dispose]();
          await settle(net);
        });
      }
    }
    assert.equal(await server.stop(), 0);
  });
}

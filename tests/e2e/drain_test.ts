/**
 * The drain of `serve`: its announcement, which balancers see while calls are still accepted, and its report.
 *
 * @module
 */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { gate } from "../_support/gate.ts";
import { servings } from "./_servings.ts";

const [
  test,
  { SignerProcess, call, echo, health, openChannel, openSignStream },
] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    health: (await import("../../src/api/mod.ts")).healthDefinition,
  }),
);

const serveTcp = ["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"];
const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(1) };

/** Opens a health watch, and returns a function for its next status. */
function watchHealth(channel: ReturnType<typeof openChannel>): () => Promise<string | undefined> {
  const { responses } = channel.call<object, { status: string }>(health.Watch as never, [{}]);
  const statuses = responses[Symbol.asyncIterator]();
  return async () => (await statuses.next()).value?.status;
}

for (const [name, options] of Object.entries(servings)) {
  test(`During --drain-delay health is NOT_SERVING and calls are accepted, until a second signal: ${name}`, async () => {
    await using server = await SignerProcess.start(...serveTcp, ...options, "--drain-delay", "10m");
    using open = openChannel({ addresses: server.addresses });
    const watch = watchHealth(open);
    assert.equal(await watch(), "SERVING");
    server.signal("SIGTERM");
    assert.equal(await watch(), "NOT_SERVING");
    const ended = assert.rejects(watch());
    // Several connections, so that each worker has some. A worker may announce later than the one that has the watch.
    let calls = 0;
    for (let i = 0; i < 4; i++) {
      using channel = openChannel({ addresses: server.addresses });
      const status = async (service: string) => {
        const { status } = await call<{ status: string }>(channel, health.Check, { service });
        // A worker counts from its announcement on.
        if (status !== "SERVING") calls++;
        return status;
      };
      for (let attempt = 0; attempt < 100 && await status("") === "SERVING"; attempt++) {
        await delay(20);
      }
      assert.equal(await status(""), "NOT_SERVING");
      assert.equal(await status("signer.v1.EchoService"), "NOT_SERVING");
      const { statuses } = await call<{ statuses: Record<string, { status: string }> }>(
        ...[channel, health.List, {}] as const,
      );
      assert.deepEqual(new Set(Object.values(statuses).map(({ status }) => status)), notServing);
      await call(channel, echo.Echo, { message: "still accepted" });
      calls += 2;
    }
    // Within a second, a signal counts as the same one.
    await delay(1_200);
    assert.equal(await server.stop("SIGTERM"), 0);
    await ended;
    const log = await server.log;
    assert.match(log, /Draining signal=SIGTERM delayMs=600000/);
    assert.match(log, /The delay of the drain is skipped" signal=SIGTERM/);
    // The watch and these calls.
    assert.match(log, new RegExp(`Stopped served=${calls + 1} cut=0 seconds=\\d`));
  });

  test(`The report of a drain counts the calls that were served and the calls that were cut off: ${name}`, async () => {
    await using server = await SignerProcess.start(...serveTcp, ...options, "--grace", "500ms");
    using channel = openChannel({ addresses: server.addresses });
    await call(channel, echo.Echo, { message: "before the drain" });
    const ending = openSignStream(channel, request, request);
    const endless = openSignStream(channel, request);
    await ending.next();
    await endless.next();
    const watch = watchHealth(channel);
    assert.equal(await watch(), "SERVING");
    server.signal("SIGTERM");
    // The thread of this connection counts from here.
    assert.equal(await watch(), "NOT_SERVING");
    await assert.rejects(watch());
    ending.end();
    await ending.next();
    assert.equal((await ending.next()).done, true);
    await assert.rejects(endless.next());
    endless.end();
    // Without another signal, which would cut calls off.
    assert.equal((await server.ended).code, 0);
    // The watch has ended as well.
    assert.match(await server.log, /Stopped served=2 cut=1 seconds=\d/);
  });
}

const notServing = new Set(["NOT_SERVING"]);

test("A drain ends after its delay and its last call, without another signal", async () => {
  await using server = await SignerProcess.start(...serveTcp, "--drain-delay", "300ms");
  const began = performance.now();
  assert.equal(await server.stop(), 0);
  assert.ok(performance.now() - began >= 290);
  assert.match(await server.log, /Stopped served=0 cut=0 seconds=\d/);
});

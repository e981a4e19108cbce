/** Drains, signals and memory of `signer serve`. @module */
import assert from "node:assert/strict";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";

const [test, { SignerProcess, call, echo, openChannel, openSignStream, signing }] = await gate(
  ["net", "env", "read", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

const serveTcp = ["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"];
const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(1) };

test("A drain under load loses no call that the server accepted", async () => {
  await using server = await SignerProcess.start(...serveTcp);
  const channels = Array.from({ length: 4 }, () => openChannel({ addresses: server.addresses }));
  let answered = 0;
  let stopped: Promise<number> | undefined;
  const failures: string[] = [];
  const caller = async (channel: ReturnType<typeof openChannel>) => {
    while (failures.length < 1000) {
      try {
        await call(channel, signing.Sign, {
          keyType: "KEY_TYPE_ECDSA_P256",
          message: new Uint8Array(32),
        });
        answered++;
        if (answered === 500) stopped = server.stop();
      } catch (error) {
        const { code, message } = error as Error & { code: number };
        failures.push(`${code} ${message}`);
        // The server is gone and its port is closed, so the load ends.
        if (code === StatusCode.UNAVAILABLE && /ECONNREFUSED|connect/i.test(message)) return;
      }
    }
  };
  await Promise.all(
    channels.flatMap((channel) => Array.from({ length: 8 }, () => caller(channel))),
  );
  for (const channel of channels) channel[Symbol.dispose]();
  assert.equal(await stopped, 0);
  assert.ok(answered > 500);
  // Only calls that the server did not accept have failed: refused (RFC 9113 section 8.7), or never sent.
  const lost = failures.filter((failure) => !/ECONNREFUSED|Stream refused by server/.test(failure));
  assert.deepEqual(lost, []);
  assert.match(await server.log, /msg=Stopped/);
});

test("A call that is active when the drain begins succeeds, and one that does not end is cut off after the grace", async () => {
  await using server = await SignerProcess.start(...serveTcp, "--grace", "300ms");
  using channel = openChannel({ addresses: server.addresses });
  const ending = openSignStream(channel, request, request);
  const endless = openSignStream(channel, request);
  assert.ok((await ending.next()).value?.response);
  assert.ok((await endless.next()).value?.response);
  const stopped = server.stop();
  ending.end();
  assert.ok((await ending.next()).value?.response);
  assert.equal((await ending.next()).done, true);
  await assert.rejects(endless.next());
  endless.end();
  assert.equal(await stopped, 0);
});

test("A second signal after more than a second cuts calls off, and the exit code is the signal's", async () => {
  await using server = await SignerProcess.start(...serveTcp);
  using channel = openChannel({ addresses: server.addresses });
  const endless = openSignStream(channel, request);
  await endless.next();
  const ended = endless.next().then(() => "answered", () => "cut off");
  server.signal("SIGTERM");
  // Within a second, a signal counts as the same stop.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(await server.stop("SIGINT"), 128 + 2);
  assert.equal(await ended, "cut off");
  endless.end();
  assert.match(await server.log, /Calls are cut off" signal=SIGINT\n.*Stopped served=0 cut=1/);
});

test("10,000 calls on one connection do not grow the server's memory", async () => {
  await using server = await SignerProcess.start(...serveTcp);
  using channel = openChannel({ addresses: server.addresses });
  const load = async (calls: number) => {
    let left = calls;
    const caller = async () => {
      while (left-- > 0) await call(channel, echo.Echo, { payload: new Uint8Array(1024) });
    };
    await Promise.all(Array.from({ length: 16 }, caller));
  };
  // The heap reaches its working size after some 10,000 calls.
  await load(15_000);
  const before = server.residentKiB();
  await load(10_000);
  const grown = server.residentKiB() - before;
  // A leak of one kilobyte per call, the size of its message, would be 10 MB.
  assert.ok(grown < 8 * 1024, `resident memory grew by ${grown} KiB`);
});

/** Servers under many connections and without free descriptors. @module */
import assert from "node:assert/strict";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { gate } from "../_support/gate.ts";
import { resetOnClose } from "../_support/reset_on_close.ts";
import { loadNet } from "../net/_transports.ts";

const [test, { net, SignerProcess, call, echo, openChannel }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({ net: await loadNet(), ...await import("./_signer.ts") }),
);

const stacks: readonly Stack[] = ["native", "grpc-js"];

/** The connection preface and empty SETTINGS of an HTTP/2 client (RFC 9113 section 3.4). */
const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");

/** Descriptors that the server may open or close during the test for other reasons. */
const SLACK = 8;

const place = () => `unix-abstract:signer-test-${crypto.randomUUID()}`;

/** 60 s for a server that still has thousands of connections to accept, on a busy machine. */
const PATIENCE_MS = 60_000;

/** Calls until the server answers. A single attempt to connect has 10 s. */
async function answers(address: string): Promise<void> {
  using channel = openChannel({ addresses: [address] });
  const options = { waitForReady: true, deadline: Date.now() + PATIENCE_MS };
  await call(channel, echo.Echo, { message: "hello" }, options);
}

for (const stack of stacks) {
  test(`${stack}: after 10,000 short connections the server has leaked no descriptor and still serves`, async () => {
    const address = place();
    const options = ["--stack", stack, "--generate", "ed25519", "--listen", address];
    await using server = await SignerProcess.start(...options);
    await answers(address);
    const before = server.descriptors();
    // Some close at once, some after the preface, some within it, some with a reset.
    for (let i = 0; i < 10_000; i++) {
      using socket = await net.dial(net.parseAddress(address));
      socket.write(PREFACE, [0, PREFACE.length, 5][i % 3]);
      if (i % 4 === 0) resetOnClose(socket);
    }
    await answers(address);
    const end = performance.now() + PATIENCE_MS;
    while (server.descriptors() > before + SLACK && performance.now() < end) await answers(address);
    assert.ok(server.descriptors() <= before + SLACK, `${server.descriptors()} after ${before}`);
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(await server.log, /level=error/);
  });

  test(`${stack}: without free descriptors the server pauses accepting, logs it once, does not spin, and resumes`, async () => {
    const address = place();
    const files = 150;
    await using server = await SignerProcess.startLimited(
      files,
      ...["--stack", stack, "--workers", "2", "--generate", "ed25519", "--listen", address],
    );
    await answers(address);
    const sockets = [];
    for (let i = 0; i < files; i++) sockets.push(await net.dial(net.parseAddress(address)));
    // Until all are in use. On a busy machine the server may have closed idle connections already.
    for (let look = 0; look < 1_000 && server.descriptors() < files; look++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const idleFrom = server.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const spent = server.cpuSeconds() - idleFrom;
    for (const socket of sockets) socket.close();
    await answers(address);
    assert.equal(await server.stop(), 0);
    const log = await server.log;
    // Each accepting thread logs it once.
    const said = log.match(/msg="Accepting pauses"/g)?.length ?? 0;
    assert.ok(said >= 1 && said <= (stack === "native" ? 2 : 1), log);
    assert.match(log, /EMFILE.*ulimit -n/);
    assert.match(log, /msg="Accepting again"/);
    assert.doesNotMatch(log, /level=error/);
    // A listener that spins uses the CPU for the whole second.
    assert.ok(spent < 0.5, `${spent} s of CPU time while paused`);
  });
}

/** Loads that are interrupted or refused. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { until } from "../_support/until.ts";

const [test, { openProvider, Rig, ScriptedServer, socketsSupported }] = await gate(
  ["env", "ffi", "net", "read", "run", "sys", "write"],
  async () => ({
    ...await import("./_rig.ts"),
    ...await import("../grpc/native/_channel_server.ts"),
    ...await import("../../src/crypto/mod.ts"),
    ...await import("../../src/net/mod.ts"),
  }),
);

// Opened here, because a library stays loaded: a test that opened it would report a leak.
socketsSupported?.();
openProvider?.("auto");

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
const program = ["run", "--quiet", "-P=bench", main, "bench"];

/**
 * Starts `bench`, and sends a signal, Ctrl-C by default, when a line of its log matches. Returns the
 * report that it wrote nevertheless.
 *
 * @param line the first line after which the load is to end
 */
async function interrupt(
  args: readonly string[],
  line: RegExp,
  signal: Deno.Signal = "SIGINT",
) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "report.json");
    const child = new Deno.Command(Deno.execPath(), {
      args: [...program, ...args, "-O", "json", "-o", path],
      env: { SIGNER_ADDRESS: "" },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let log = "";
    let interrupted = false;
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      if (interrupted || !line.test(log)) continue;
      interrupted = true;
      child.kill(signal);
    }
    assert.equal((await child.status).code, 130, log);
    return JSON.parse(await Deno.readTextFile(path));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("Ctrl-C ends a ramp, and the report has the steps so far", async () => {
  const { endReason, steps } = await interrupt(
    ["ramp", "echo", "--load-start", "10", "--load-step-duration", "200ms", "--load-end", "20"],
    /^signer: 10 requests\/s: /m,
  );
  assert.equal(endReason, "interrupted");
  assert.ok(steps.length > 0);
});

test("Ctrl-C ends runs that alternate, and the report has the slices so far", async () => {
  await using rig = await Rig.start();
  const servers = ["--to", rig.address, "--against", rig.address];
  const { runs, against } = await interrupt(
    ["echo", ...servers, "--repeat", "20", "-z", "400ms", "--warmup", "20ms", "-c", "2"],
    /^signer: run 1 of 20, /m,
  );
  assert.ok(runs.length >= 1 && runs.length < 20, `${runs.length}`);
  for (const [first] of [runs, against]) {
    assert.equal(first.endReason, "normal");
    assert.equal(first.options.slices, 4);
    assert.equal(first.windows.length, 4);
  }
});

// SIGTERM, as of timeout(1), ended the process without a report.
test("SIGTERM ends a load, and the report has the requests so far", async () => {
  const { endReason, count } = await interrupt(
    ["echo", "-z", "60s", "--interval", "100ms", "--warmup", "0s", "-c", "2"],
    /^signer: \d+\.\d s {2}/m,
    "SIGTERM",
  );
  assert.equal(endReason, "interrupted");
  assert.ok(count > 0);
});

// Ctrl-C had no effect until the end of the time for connecting.
test("Ctrl-C ends the wait for a server that accepts connections and does not answer", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...program,
      "echo",
      "--to",
      `127.0.0.1:${listener.addr.port}`,
      "--connect-timeout",
      "5m",
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  using _first = await listener.accept();
  // The second connection asks for the protocol: `bench` listens for signals by then.
  using _second = await listener.accept();
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assert.equal(code, 130);
  assert.match(new TextDecoder().decode(stderr), /^signer: error: Interrupted$/m);
});

// The threads of a load went on to connect until the end of the time for it.
test("Ctrl-C ends the wait of a load for a server that allows no calls", async () => {
  await using server = await ScriptedServer.start(() => {}, { maxConcurrentStreams: 0 });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[...program, "echo", "--to", server.address, "--connect-timeout", "5m"],
      // It is not asked for its process.
      ...["--server-pid", `${Deno.pid}`],
    ],
    env: { SIGNER_ADDRESS: "" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Two that look for a server and its protocol, and that of the load.
  await until("all of them have connected", () => server.connections.length >= 3);
  child.kill("SIGINT");
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 130);
  assert.match(new TextDecoder().decode(stderr), /^signer: error: Interrupted$/m);
  assert.equal(stdout.length, 0);
});

// It went on until the deadline of the call.
test("Ctrl-C ends the calls before a load", async () => {
  await using server = await ScriptedServer.start(() => {});
  const child = new Deno.Command(Deno.execPath(), {
    // It asks for the server's keys.
    args: [...program, "sign", "--to", server.address, "--server-pid", `${Deno.pid}`],
    env: { SIGNER_ADDRESS: "" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await until("it has asked for them", () => server.requests >= 1);
  child.kill("SIGINT");
  const { code, stderr } = await child.output();
  assert.equal(code, 130);
  assert.match(new TextDecoder().decode(stderr), /^signer: error: Interrupted$/m);
});

test("a load that needs more descriptors than the limit is refused with a hint about the client", async () => {
  const command = [Deno.execPath(), ...program, "echo", "--connections", "1000"];
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 200 && exec "$@"', "sh", ...command],
    env: { SIGNER_ADDRESS: "" },
    stdout: "null",
  }).output();
  assert.equal(code, 2);
  assert.match(
    new TextDecoder().decode(stderr),
    /error: The load needs 1032 descriptors, and this process may open 200\nsigner: hint: Raise/,
  );
});

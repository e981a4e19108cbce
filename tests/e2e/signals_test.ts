/**
 * Tests of signals. On SIGUSR1 Deno opens V8's inspector on 127.0.0.1:9229, where any client can run code in the
 * process: `kill -USR1` on a server gave the keys to any program of its user. Deno installs its handler half a second
 * after the start, which overwrote a disposition set before.
 *
 * @module
 */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";

const [
  test,
  { SignerProcess, call, echo, listeningPorts, openChannel, openSignStream, spawnServer },
] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../_support/descriptors.ts"),
  }),
);

const serveTcp = ["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"];
const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(1) };
const sigusr1 = 10;

/** Longer than the half second after which Deno handles SIGUSR1. */
const lateMs = 1_200;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Server = Awaited<ReturnType<typeof SignerProcess.start>>;

const ownPorts = (server: Server) =>
  server.addresses.map((address) => Number(address.split(":").pop()));

async function echoes(server: Server): Promise<void> {
  using channel = openChannel({ addresses: server.addresses });
  await call(channel, echo.Echo, { payload: new Uint8Array(8) });
}

const threads: Readonly<Record<string, readonly string[]>> = {
  "without workers": ["--workers", "0"],
  "with one worker": ["--workers", "1"],
  "with two workers": ["--workers", "2"],
  "on grpc-js": ["--stack", "grpc-js"],
};

for (const [name, options] of Object.entries(threads)) {
  test(`SIGUSR1 to any thread opens no inspector ${name}, from ready to drained`, async () => {
    await using server = await SignerProcess.start(...serveTcp, ...options, "--grace", "1500ms");
    const signalFor = async (ms: number) => {
      for (const end = performance.now() + ms; performance.now() < end; await sleep(50)) {
        server.signal("SIGUSR1");
        server.signalThreads(sigusr1);
      }
      for (const pid of server.pids) assert.deepEqual(listeningPorts(pid), ownPorts(server));
    };
    await signalFor(lateMs);
    await echoes(server);
    // An endless call keeps the server draining for the whole grace.
    using channel = openChannel({ addresses: server.addresses });
    const endless = openSignStream(channel, request);
    await endless.next();
    const stopped = server.stop("SIGTERM");
    const cutOff = endless.next().catch(() => "cut off");
    try {
      for (let count = 0; count < 10; count++, await sleep(50)) {
        server.signalThreads(sigusr1);
        for (const pid of server.pids) assert.ok(!listeningPorts(pid).includes(9229));
      }
    } catch (error) {
      // On a busy machine the grace may end, and the process exit, before the loop ends.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    assert.equal(await cutOff, "cut off");
    endless.end();
    assert.equal(await stopped, 0);
  });
}

test("An inspector that SIGUSR1 opened before the program's first line is closed before keys are read", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // As on a machine so slow that Deno handles the signal before our modules have loaded.
    await Deno.writeTextFile(
      `${folder}/slow.ts`,
      `await new Promise((resolve) => setTimeout(resolve, 800));
       Deno.kill(Deno.pid, "SIGUSR1");
       await new Promise((resolve) => setTimeout(resolve, 200));`,
    );
    await using server = await SignerProcess.startWith(
      ["--allow-run", "--preload", `${folder}/slow.ts`],
      ...serveTcp,
    );
    assert.deepEqual(listeningPorts(server.pid), ownPorts(server));
    server.signal("SIGUSR1");
    await sleep(300);
    assert.deepEqual(listeningPorts(server.pid), ownPorts(server));
    assert.equal(await server.stop(), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("SIGUSR1 at any moment of the start ends the program or has no effect", async () => {
  // Until the program's first line, the signal has its default action, and no key has been read.
  await Promise.all([50, 100, 200, 300, 450, 600].map(async (delayMs) => {
    const child = spawnServer(...serveTcp, "--workers", "1");
    let ended = false;
    const status = child.status.finally(() => ended = true);
    await sleep(delayMs);
    child.kill("SIGUSR1");
    await sleep(lateMs);
    if (!ended) {
      assert.ok(!listeningPorts(child.pid).includes(9229));
      child.kill("SIGUSR1");
      await sleep(200);
      assert.ok(!listeningPorts(child.pid).includes(9229));
      child.kill("SIGKILL");
    }
    assert.ok(["SIGUSR1", "SIGKILL"].includes((await status).signal!));
  }));
});

test("Unused signals have no effect, and a stopped server continues on SIGCONT", async () => {
  await using server = await SignerProcess.start(...serveTcp, "--workers", "1");
  for (const name of ["SIGUSR2", "SIGALRM", "SIGPIPE"] as const) server.signal(name);
  await echoes(server);
  server.signal("SIGTSTP");
  await sleep(300);
  server.signal("SIGCONT");
  await echoes(server);
  assert.equal(await server.stop(), 0);
});

test("SIGQUIT ends the server at once", async () => {
  await using server = await SignerProcess.start(...serveTcp);
  server.signal("SIGQUIT");
  const { signal } = await server.ended;
  assert.equal(signal, "SIGQUIT");
});

test("A stop signal repeated within a second is the same stop", async () => {
  // Ctrl-C under `deno task` arrives twice, from the terminal and from the task, and the second one cut calls off.
  await using server = await SignerProcess.start(...serveTcp);
  using channel = openChannel({ addresses: server.addresses });
  const stream = openSignStream(channel, request, request);
  await stream.next();
  const stopped = server.stop("SIGINT");
  for (let count = 0; count < 5; count++, await sleep(20)) server.signal("SIGINT");
  server.signal("SIGTERM");
  await sleep(100);
  stream.end();
  assert.ok((await stream.next()).value?.response);
  assert.equal((await stream.next()).done, true);
  assert.equal(await stopped, 0);
});

for (const [name, options] of Object.entries(threads)) {
  test(`SIGTERM between the last call and the exit leaves the exit code 0 ${name}`, async () => {
    // The listeners were removed after the last call: a signal in the milliseconds before the exit made it 143.
    await inFolder(async (folder) => {
      await Deno.writeTextFile(
        `${folder}/late.ts`,
        `const { exit } = Deno;
         Deno.exit = (code) => {
           Deno.kill(Deno.pid, "SIGTERM");
           for (const end = performance.now() + 300; performance.now() < end;);
           exit(code);
         };`,
      );
      await using server = await SignerProcess.startWith(
        ["--allow-run", "--preload", `${folder}/late.ts`],
        ...[...serveTcp, ...options],
      );
      assert.equal(await server.stop(), 0);
    });
  });
}

const sigusr2 = 12;

/**
 * Resolves when the program in a process has control of its signals, after 20 s at the latest: it ignores SIGUSR2
 * (proc(5), SigIgn) after it has added its listeners.
 */
async function controlsSignals(pid: number): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(5)) {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const ignored = BigInt(`0x${/^SigIgn:\s*([0-9a-f]+)/m.exec(status)![1]}`);
    if ((ignored >> BigInt(sigusr2 - 1)) & 1n) return;
  }
  assert.fail("The program has no control of its signals");
}

for (const [name, options] of Object.entries(threads)) {
  test(`SIGTERM during the start ends the server with 0 ${name}`, async () => {
    // There was no listener until the server was ready: a rollout that was taken back left a failed pod.
    await Promise.all([0, 150, 400].map(async (delayMs) => {
      const child = spawnServer(...serveTcp, ...options);
      await controlsSignals(child.pid);
      await sleep(delayMs);
      child.kill("SIGTERM");
      assert.equal((await child.status).code, 0);
    }));
  });
}

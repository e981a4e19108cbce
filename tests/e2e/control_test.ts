/** `serve --control`, `signer debug` and `signer doctor --control`. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest, run } from "../_support/peers.ts";
import { servings } from "./_servings.ts";

const [test, { SignerProcess, call, echo, openChannel, openSignStream, runSigner }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

const serveTcp = ["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256"];
const request = { keyType: "KEY_TYPE_ECDSA_P256", message: new Uint8Array(1) };

/** The parts of a description that the tests look at. */
interface Description {
  readonly stack: string;
  readonly pid: number;
  readonly phase: string;
  readonly listeners: readonly string[];
  readonly keys: number;
  readonly process: { readonly descriptors: number };
  readonly threads: readonly {
    readonly worker?: number;
    readonly queue: { readonly length: number };
    readonly heldBytes: number;
    readonly unreadBytes: number;
    readonly connectionCount: number;
    readonly callCount: number;
    readonly connections: readonly {
      readonly peer: string;
      readonly phase?: string;
      readonly callCount: number;
      readonly calls?: readonly { readonly method: string }[];
    }[];
  }[];
}

async function describe(path: string): Promise<Description> {
  const { code, stdout, stderr } = await runSigner("debug", path);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Runs a test with a server that has a control socket. */
async function withServer(
  options: readonly string[],
  use: (server: Awaited<ReturnType<typeof SignerProcess.start>>, path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "signer-control-" });
  try {
    const path = `${folder}/control.sock`;
    await using server = await SignerProcess.start(
      ...serveTcp,
      "--control",
      path,
      ...options,
    );
    await use(server, path);
    assert.equal(await server.stop(), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [name, options] of Object.entries(servings)) {
  test(`debug prints connections, calls, queues and memory by thread: ${name}`, async () => {
    await withServer(options, async (server, path) => {
      assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
      const before = await describe(path);
      assert.equal(before.pid, server.pid);
      assert.equal(before.phase, "serving");
      assert.deepEqual(before.listeners, server.addresses);
      assert.equal(before.keys, 1);
      assert.equal(before.threads.length, name === "native, 2 workers" ? 2 : 1);
      const channels = Array.from(
        { length: 4 },
        () => openChannel({ addresses: server.addresses }),
      );
      const streams = channels.map((channel) => openSignStream(channel, request));
      for (const stream of streams) await stream.next();
      const during = await describe(path);
      const sum = (of: (thread: Description["threads"][number]) => number, { threads } = during) =>
        threads.reduce((total, thread) => total + of(thread), 0);
      assert.equal(sum(({ connectionCount }) => connectionCount), 4);
      assert.equal(sum(({ callCount }) => callCount), 4);
      const connections = during.threads.flatMap(({ connections }) => connections);
      for (const { peer, phase, callCount, calls } of connections) {
        assert.match(peer, /^tcp:/);
        assert.equal(callCount, 1);
        if (name === "grpc-js") continue;
        assert.equal(phase, "open");
        assert.deepEqual(calls?.map(({ method }) => method), [
          "/signer.v1.SigningService/SignStream",
        ]);
      }
      for (const stream of streams) stream.end();
      for (const stream of streams) assert.equal((await stream.next()).done, true);
      for (let i = 0; i < 200; i++) {
        await call(channels[i % 4], echo.Echo, { payload: new Uint8Array(20_000) });
      }
      for (const channel of channels) channel[Symbol.dispose]();
      // Nothing of it is left: connections, calls, memory, queue and descriptors. A worker keeps those of its event loop,
      // which its first stream has opened.
      const left = await settled(path, during.process.descriptors - channels.length);
      for (const count of ["connectionCount", "callCount", "heldBytes", "unreadBytes"] as const) {
        assert.equal(sum((thread) => thread[count], left), 0, count);
      }
      assert.equal(sum(({ queue }) => queue.length, left), 0);
    });
  });
}

/** Describes the server until its descriptors are as few as before: the last connections close within a second. */
async function settled(path: string, descriptors: number): Promise<Description> {
  for (let attempts = 0;; attempts++) {
    const description = await describe(path);
    if (description.process.descriptors <= descriptors) return description;
    assert.ok(
      attempts < 20,
      `${description.process.descriptors} descriptors, ${descriptors} before`,
    );
  }
}

/** Connects a hundred times to an abstract socket as the user nobody, and prints the number of bytes received. */
const asNobody = `
import os, socket, sys
os.setuid(65534)
received = 0
for _ in range(100):
    one = socket.socket(socket.AF_UNIX)
    one.connect("\\0" + sys.argv[1])
    try:
        received += len(one.recv(65536))
    except ConnectionResetError:
        pass
print(received)
`;

peerTest(test, "python")("Another user gets nothing from the control socket", async (python) => {
  // Only the superuser can become another user.
  if (Deno.uid() !== 0) return;
  // An abstract socket has no file mode that would keep the user out.
  const name = `signer-test-${crypto.randomUUID()}`;
  await using server = await SignerProcess.start(...serveTcp, "--control", `unix-abstract:${name}`);
  const { code, stdout, stderr } = await run(python, "-c", asNobody, name);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "0\n");
  await server.logged(/connection to the control socket is refused.* uid=65534/);
  assert.equal((await runSigner("debug", `unix-abstract:${name}`)).code, 0);
  // Each had a line, so that any user could fill the disk.
  assert.equal(await server.stop(), 0);
  const lines = (await server.log).match(/connection to the control socket is refused/g)!.length;
  assert.ok(lines < 20, `${lines} lines`);
});

test("doctor --control judges a running server", async () => {
  await withServer(["--workers", "1"], async (_, path) => {
    const { code, stdout, stderr } = await runSigner("doctor", "--control", path);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ok {2}server +signer .*, serving, keys: 1, connections: 0$/m);
    assert.match(stdout, /^ok {2}server-threads +1 of 1 answer$/m);
    assert.match(stdout, /^ok {2}server-files +\d+ of \d+ open files$/m);
  });
});

test("The control socket is a Unix socket, and debug says so of others", async () => {
  const refused = await runSigner("serve", ...serveTcp, "--control", "tcp://127.0.0.1:0");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /is not a Unix socket/);
  const wrong = await runSigner("debug", "127.0.0.1:1");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /is not a Unix socket/);
  const folder = await Deno.makeTempDir();
  using _removal = { [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
  const socket = `${folder}/grpc.sock`;
  await using _server = await SignerProcess.start(
    ...["--unix", socket, "--generate", "ed25519", "--workers", "0"],
  );
  const { code, stderr } = await runSigner("debug", socket);
  assert.equal(code, 1);
  assert.match(stderr, /is not the description of a server/);
  const missing = await runSigner("debug", "/nonexistent/control.sock");
  assert.notEqual(missing.code, 0);
  assert.match(missing.stderr, /ENOENT|no such file/i);
});

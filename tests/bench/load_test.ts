/** Loads on servers of both stacks. @module */
import assert from "node:assert/strict";
import type { LoadPlan, Workload } from "../../src/bench/mod.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { framed } from "../_support/framed.ts";
import { gate } from "../_support/gate.ts";

const [
  test,
  {
    answer,
    echoDefinition,
    Rig,
    runLoad,
    signingDefinition,
    socketsSupported,
    openProvider,
    ScriptedServer,
  },
] = await gate(
  ["env", "ffi", "net", "read", "sys"],
  async () => ({
    ...await import("./_rig.ts"),
    ...await import("./_run_load.ts"),
    ...await import("../grpc/native/_channel_server.ts"),
    ...await import("../../src/bench/mod.ts"),
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/net/mod.ts"),
    ...await import("../../src/crypto/mod.ts"),
  }),
);

// Opened here, because a library stays loaded: a test that opened it would report a leak.
if (openProvider !== undefined) {
  openProvider("auto");
  socketsSupported();
}

function planFor(address: string, workload: Workload, changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    workload,
    pacing: { kind: "closed" },
    addresses: [address],
    stack: "native",
    requests: 60,
    duration: Infinity,
    warmup: 0,
    concurrency: 6,
    connections: 2,
    threads: 2,
    deadline: 20_000,
    connectTimeout: 10_000,
    balancing: undefined,
    tls: false,
    authority: undefined,
    userAgent: "test",
    metadata: [["x-test", "1"]],
    seed: 1,
    ...changes,
  };
}

function echo(message = "hello"): Workload {
  const { path, requestSerialize } = echoDefinition.Echo;
  return { kind: "unary", path, request: requestSerialize({ message }) };
}

for (const stack of ["native", "grpc-js"] satisfies Stack[]) {
  test(`${stack}: every request is sent, answered and measured once`, async () => {
    await using rig = await Rig.start();
    const { collector, windows, messages, interrupted, resources, counted } = await runLoad(
      planFor(rig.address, echo(), { stack }),
    );
    assert.equal(rig.calls, 60);
    assert.equal(collector.started, 60);
    assert.equal(collector.corrected.count, 60);
    assert.equal(collector.outcomes[0], 60);
    assert.equal(windows.reduce((sum, { latency }) => sum + latency.count, 0), 60);
    assert.deepEqual(messages, []);
    assert.equal(interrupted, false);
    assert.equal(counted, 60);
    assert.ok(resources.client.cpuSeconds > 0);
    assert.deepEqual(rig.metadata, new Set(["1"]));
  });

  test(`${stack}: failures are counted by status and by message`, async () => {
    await using rig = await Rig.start();
    const plan = planFor(rig.address, echo("every third fails"), { stack, threads: 1 });
    const { collector, messages } = await runLoad(plan);
    assert.equal(collector.outcomes[0], 40);
    assert.equal(collector.outcomes[8], 20);
    assert.equal(collector.corrected.count, 40);
    assert.deepEqual(messages, [["RESOURCE_EXHAUSTED: The third", 20]]);
  });

  test(`${stack}: connections are opened and closed`, async () => {
    await using rig = await Rig.start();
    const plan = planFor(rig.address, { kind: "connect" }, { stack, requests: 10, connections: 1 });
    const { collector } = await runLoad(plan);
    assert.equal(collector.outcomes[0], 10);
  });
}

test("each connection has its share of the requests at once, also where one is slower", async () => {
  let most = 0;
  await using server = await ScriptedServer.start((request) => {
    most = Math.max(most, request.connection.http2.streamCount);
    const respond = () => {
      answer(request, [request.body]);
      request.connection.flush();
    };
    if (request.connection === server.connections[0]) setTimeout(respond, 2);
    else respond();
  });
  const plan = planFor(server.address, echo(), { requests: 300, threads: 1 });
  const { collector } = await runLoad(plan);
  assert.equal(collector.outcomes[0], 300);
  assert.equal(most, 3);
});

test("an open loop sends all requests of its schedule", async () => {
  await using rig = await Rig.start();
  const plan = planFor(rig.address, echo(), {
    pacing: { kind: "step", start: 100, end: 400, step: 100, stepDuration: 50 },
    requests: Infinity,
    duration: 200,
  });
  const { collector } = await runLoad(plan);
  // 5 in the first step, then 10, 15 and 20.
  assert.equal(collector.started + collector.unsent, 50);
  assert.equal(collector.lateness.count, collector.started);
});

test("requests of the warm-up are not measured", async () => {
  await using rig = await Rig.start();
  const { collector } = await runLoad(planFor(rig.address, echo(), { warmup: 50 }));
  assert.equal(collector.corrected.count, 60);
  assert.ok(rig.calls > 60);
});

// The distribution of errors had more than there were, because it counted those of the warm-up.
test("failures of the warm-up are not counted", async () => {
  await using rig = await Rig.start();
  const plan = planFor(rig.address, echo("every third fails"), { warmup: 50, threads: 1 });
  const { collector, messages } = await runLoad(plan);
  assert.ok(rig.calls > 60);
  assert.deepEqual(messages, [["RESOURCE_EXHAUSTED: The third", collector.outcomes[8]]]);
});

test("a stream counts as one request, whatever the number of its responses", async () => {
  await using rig = await Rig.start();
  const { path, requestSerialize } = signingDefinition.SignStream;
  const requests = [1, 2, 3].map(() => requestSerialize({ keyId: "any" }));
  const { collector } = await runLoad(planFor(rig.address, {
    kind: "stream",
    path,
    requests,
    requestStream: true,
    responseStream: true,
  }, { requests: 5, threads: 1 }));
  assert.equal(collector.outcomes[0], 5);
  assert.equal(rig.streamed, 15);
});

test("invalid signatures are counted in the verified share", async () => {
  await using rig = await Rig.start();
  for (const [share, bad] of [[1, 60], [0, 0]]) {
    const { collector } = await runLoad(planFor(rig.address, rig.signing(share), { threads: 1 }));
    assert.equal(collector.outcomes[17], bad);
  }
  const { collector } = await runLoad(planFor(rig.address, rig.signing(0.5), { threads: 1 }));
  assert.ok(collector.outcomes[17] > 10 && collector.outcomes[17] < 50);
});

test("an aborted load ends early with the measurements so far", async () => {
  await using rig = await Rig.start();
  const abort = new AbortController();
  const plan = planFor(rig.address, echo(), { requests: Infinity });
  const result = await runLoad(plan, {
    signal: abort.signal,
    onProgress: ({ collector }) => {
      if (collector.corrected.count > 100) abort.abort();
    },
  });
  assert.equal(result.interrupted, true);
  assert.ok(result.collector.corrected.count > 100);
});

// It went on to connect until `--connect-timeout`.
test("an interruption ends the connecting of every kind of load", async () => {
  const kinds: [Workload, Partial<LoadPlan>][] = [
    [echo(), { stack: "native" }],
    [echo(), { stack: "grpc-js" }],
    [{ kind: "connect" }, { stack: "native" }],
  ];
  for (const [workload, changes] of kinds) {
    // A server that accepts connections and does not answer.
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const abort = new AbortController();
    const plan = planFor(`127.0.0.1:${listener.addr.port}`, workload, {
      ...changes,
      threads: 1,
      connectTimeout: 3_600_000,
    });
    const result = runLoad(plan, { signal: abort.signal });
    using _accepted = await listener.accept();
    abort.abort();
    const { interrupted, collector } = await result;
    assert.equal(interrupted, true);
    assert.equal(collector.started, 0);
  }
});

// It waited for connections without end, and printed nothing.
test("a load on a server that closes each connection at once is UNAVAILABLE", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = (async () => {
    for await (const connection of listener) {
      // SETTINGS, and GOAWAY with NO_ERROR (RFC 9113 sections 6.5 and 6.8).
      const frames = [
        0,
        0,
        0,
        4,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        8,
        7,
        0,
        0,
        0,
        0,
        0,
        ...new Array(8).fill(0),
      ];
      await connection.write(Uint8Array.from(frames)).catch(() => {});
      connection.close();
    }
  })();
  const address = `127.0.0.1:${listener.addr.port}`;
  await assert.rejects(
    runLoad(planFor(address, echo(), { connectTimeout: 300 })),
    { name: "RpcError", code: 14 },
  );
  listener.close();
  await accepted;
});

test("a load without a server is UNAVAILABLE", async () => {
  await using rig = await Rig.start();
  const { address } = rig;
  await rig[Symbol.asyncDispose]();
  await assert.rejects(
    runLoad(planFor(address, echo(), { connectTimeout: 100 })),
    { name: "RpcError", code: 14 },
  );
});

// The client waited without end: the timeout was a timer of an epoll that its thread no longer polled.
test("a load on a server that allows no streams fails at the time limit of connecting", async () => {
  await using server = await ScriptedServer.start(() => {}, { maxConcurrentStreams: 0 });
  await assert.rejects(
    runLoad(planFor(server.address, echo(), { connectTimeout: 300 })),
    { name: "RpcError", code: 14, message: /allowed no stream in time/ },
  );
});

// Such responses counted as OK, although every client of gRPC ends the call as INTERNAL.
test("a response that is not a message of protobuf is an error, on both stacks", async () => {
  // Field 1 has five bytes, and two are there.
  const cutOff = framed(Uint8Array.of(0x0a, 5, 0x68, 0x65));
  await using server = await ScriptedServer.start((request) => answer(request, [cutOff]));
  for (const stack of ["native", "grpc-js"] satisfies Stack[]) {
    const plan = planFor(server.address, echo(), { stack, requests: 4, threads: 1 });
    const { collector, messages } = await runLoad(plan);
    assert.equal(collector.outcomes[0], 0, stack);
    assert.equal(collector.outcomes[13], 4, stack);
    assert.equal(collector.corrected.count, 0, stack);
    assert.deepEqual(messages, [
      ["INTERNAL: Cannot read a response of /signer.v1.EchoService/Echo", 4],
    ]);
  }
});

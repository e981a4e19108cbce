/** Traces of `serve` and `call`, received over OTLP. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { attribute, Receiver } from "./_otlp.ts";
import { servings } from "./_servings.ts";

const [test, { SignerProcess, runSigner, runSignerWith }] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  () => import("./_signer.ts"),
);

for (const [name, options] of Object.entries(servings)) {
  test(`Spans of client and server join, and the caller's trace goes on: ${name}`, async () => {
    await using receiver = new Receiver("http/json");
    const server = await SignerProcess.startIn(
      receiver.env,
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", ...options],
      ...["--log-level", "info,requests=debug", "--max-message-size", "1KiB"],
    );
    try {
      const to = ["--to", server.addresses[0]];
      const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
      const env = { ...receiver.env, TRACEPARENT: `00-${trace}-00f067aa0ba902b7-01` };
      const signed = await runSignerWith(
        env,
        "call",
        "sign",
        ...to,
        "--key-type",
        "ecdsa-p256",
        "m",
      );
      assert.equal(signed.code, 0, signed.stderr);
      const refused = await runSignerWith(env, "call", "sign", ...to, "--key", "none", "m");
      assert.equal(refused.code, 64 + 5, refused.stderr);
      // Refused before its handler.
      const large = await runSignerWith(env, "call", "echo", ...to, "x".repeat(2_000));
      assert.equal(large.code, 64 + 8, large.stderr);
      const echoed = await runSignerWith({}, "call", "echo", ...to, "m");
      assert.equal(echoed.code, 0, echoed.stderr);
    } finally {
      assert.equal(await server.stop(), 0);
    }
    const echoes = receiver.spans.filter(({ name }) => name === "signer.v1.EchoService/Echo");
    const large = echoes.filter((span) => Number(attribute(span, "rpc.grpc.status_code")) === 8);
    assert.deepEqual(large.map(({ kind }) => kind).sort(), [2, 3]);
    assert.equal(
      large.find(({ kind }) => kind === 2)!.parentSpanId,
      large.find(({ kind }) => kind === 3)!.spanId,
    );
    const echo = echoes.find((span) => !large.includes(span))!;
    assert.match(await server.log, new RegExp(`traceId=${echo.traceId} .*EchoService/Echo`));
    const spans = receiver.spans.filter(({ name }) => name === "signer.v1.SigningService/Sign");
    const [clients, servers] = [3, 2].map((kind) => spans.filter((span) => span.kind === kind));
    assert.deepEqual([clients.length, servers.length], [2, 2], JSON.stringify(receiver.spans));
    for (const client of clients) {
      const own = servers.find(({ parentSpanId }) => parentSpanId === client.spanId)!;
      assert.equal(client.parentSpanId, "00f067aa0ba902b7");
      assert.deepEqual([client.traceId, own.traceId], [
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "4bf92f3577b34da6a3ce929d0e0e4736",
      ]);
      assert.equal(attribute(own, "rpc.system"), "grpc");
      assert.equal(attribute(own, "rpc.service"), "signer.v1.SigningService");
      assert.equal(attribute(own, "rpc.method"), "Sign");
      assert.equal(attribute(own, "network.peer.address"), "127.0.0.1");
      assert.equal(attribute(client, "server.address"), "127.0.0.1");
      assert.equal(
        Number(attribute(client, "server.port")),
        Number(server.addresses[0].split(":")[2]),
      );
      assert.ok(BigInt(own.startTimeUnixNano) <= BigInt(own.endTimeUnixNano));
      // Deno exports numbers as doubles, and the conventions have integers here.
      for (
        const [span, name] of [
          [client, "server.port"],
          [client, "rpc.grpc.status_code"],
          [own, "network.peer.port"],
          [own, "rpc.grpc.status_code"],
        ] as const
      ) {
        const { value } = span.attributes.find(({ key }) => key === name)!;
        assert.deepEqual(Object.keys(value), ["intValue"], name);
      }
      const code = attribute(client, "rpc.grpc.status_code");
      assert.equal(attribute(own, "rpc.grpc.status_code"), code);
      // NOT_FOUND is an error of the client's call, and none of the server.
      assert.equal(own.status?.code ?? 0, 0);
      assert.equal(client.status?.code ?? 0, Number(code) === 0 ? 0 : 2);
    }
    assert.deepEqual(
      servers.map((span) => Number(attribute(span, "rpc.grpc.status_code"))).sort(),
      [0, 5],
    );
  });
}

for (const [name, options] of Object.entries(servings)) {
  test(`The span of a pipeline has its nodes as children: ${name}`, async () => {
    await using receiver = new Receiver("http/json");
    const folder = await Deno.makeTempDir();
    const server = await SignerProcess.startIn(
      receiver.env,
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--pipelines", ...options],
    );
    try {
      await Deno.writeTextFile(
        `${folder}/m.yaml`,
        `version: 1
nodes: [{ id: in, type: pass_through }, { id: hash, type: digest }]
connections: [{ from: in, to: hash }]
inputs: [in]
outputs: [hash]
`,
      );
      const [to, manifest] = [server.addresses[0], `${folder}/m.yaml`];
      const { code, stderr } = await runSigner(
        ...["call", "pipeline", "run", manifest, "--in", manifest, "--to", to],
      );
      assert.equal(code, 0, stderr);
    } finally {
      assert.equal(await server.stop(), 0);
      await Deno.remove(folder, { recursive: true });
    }
    const call = receiver.spans.find((span) => span.name.endsWith("/ExecutePipeline"))!;
    const nodes = receiver.spans.filter(({ parentSpanId }) => parentSpanId === call.spanId);
    assert.deepEqual(nodes.map(({ name }) => name).sort(), ["node digest", "node pass_through"]);
    for (const node of nodes) {
      assert.equal(node.traceId, call.traceId);
      assert.equal(attribute(node, "signer.node_type"), node.name.slice("node ".length));
      assert.ok(BigInt(node.startTimeUnixNano) <= BigInt(node.endTimeUnixNano));
    }
  });
}

// Only JSON was received here, which no exporter uses unless it is told to.
for (const [name, options] of Object.entries(servings)) {
  test(`Spans reach a receiver of protobuf, the exporter's default: ${name}`, async () => {
    await using receiver = new Receiver();
    const server = await SignerProcess.startIn(
      receiver.env,
      ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", ...options],
    );
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    try {
      const { code, stderr } = await runSignerWith(
        { ...receiver.env, TRACEPARENT: `00-${trace}-00f067aa0ba902b7-01` },
        ...["call", "sign", "--to", server.addresses[0], "--key", "none", "m"],
      );
      assert.equal(code, 64 + 5, stderr);
    } finally {
      assert.equal(await server.stop(), 0);
    }
    assert.deepEqual(receiver.contentTypes, new Set(["application/x-protobuf"]));
    for (const attributes of receiver.resources) {
      assert.equal(attribute({ attributes }, "service.name"), "signer");
    }
    const spans = receiver.spans.filter(({ name }) => name === "signer.v1.SigningService/Sign");
    const [client, own] = [3, 2].map((kind) => spans.find((span) => span.kind === kind)!);
    assert.equal(client.parentSpanId, "00f067aa0ba902b7");
    assert.equal(own.parentSpanId, client.spanId);
    assert.deepEqual([client.traceId, own.traceId], [trace, trace]);
    assert.equal(attribute(own, "rpc.method"), "Sign");
    for (const span of [client, own]) {
      assert.deepEqual(
        span.attributes.find(({ key }) => key === "rpc.grpc.status_code")!.value,
        { intValue: "5" },
      );
    }
    assert.equal(client.status!.code, 2);
    assert.equal(own.status?.code ?? 0, 0);
    assert.ok(BigInt(own.startTimeUnixNano) > 1_700_000_000n * 1_000_000_000n);
    assert.ok(BigInt(own.startTimeUnixNano) <= BigInt(own.endTimeUnixNano));
  });
}

test("Without OTEL_DENO the client sends no trace context", async () => {
  await using server = await SignerProcess.start(
    ...["--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", "--workers", "1"],
  );
  const { code, stderr } = await runSigner("call", "echo", "-v", "--to", server.addresses[0], "m");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /traceparent/);
});

/** Tokens, rules, TLS and the drain cover pipelines as they cover every service. */
import assert from "node:assert/strict";
import {
  type ExecutePipelineResponse,
  type GetMetricsResponse,
  pipelineDefinition,
  type StreamPipelineResponse,
} from "../../src/api/mod.ts";
import type { AnyMethod, RpcChannel, RpcError as RpcErrorType } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => ({
    ...await import("./_signer.ts"),
    ...await import("../_support/tls_files.ts"),
    ...await import("../../src/grpc/mod.ts"),
  }),
);
const { Metadata, openChannel, runSigner, SignerProcess, StatusCode, TlsFiles } = loaded;

const settings: Readonly<Record<string, readonly string[]>> = {
  "with a worker": ["--workers", "1"],
  "without workers": ["--workers", "0"],
  "on grpc-js": ["--stack", "grpc-js"],
};

const base = ["--tcp", "127.0.0.1:0", "--generate", "ed25519", "--pipelines"];

const manifest = {
  version: 1,
  nodes: [{ id: "n0", type: "levels" }],
  inputs: ["n0"],
  outputs: ["n0"],
};

function values(frames: number) {
  const audio = {
    samples: new Uint8Array(2 * frames),
    sampleRate: 16_000,
    channels: 1,
    format: "SAMPLE_FORMAT_I16",
  };
  return [{ name: "n0", audio }];
}

/** Requests of every method. */
const requests: Readonly<Record<string, readonly object[]>> = {
  ExecutePipeline: [{ manifest, inputs: values(16) }],
  StreamPipeline: [{ manifest }, { chunk: { values: values(16) } }],
  GetVersion: [{}],
  GetMetrics: [{}],
};

/** The statuses of calls of every method. */
async function statuses(channel: RpcChannel, token?: string): Promise<Set<number>> {
  const metadata = new Metadata(token === undefined ? [] : [["authorization", `Bearer ${token}`]]);
  const found = new Set<number>();
  for (const [name, messages] of Object.entries(requests)) {
    const method = pipelineDefinition[name as keyof typeof pipelineDefinition] as AnyMethod;
    try {
      await Array.fromAsync(channel.call(method, messages, { metadata }).responses);
      found.add(StatusCode.OK);
    } catch (error) {
      found.add((error as RpcErrorType).code);
    }
  }
  return found;
}

/** The executions that run. */
async function running(channel: RpcChannel): Promise<number> {
  const method = pipelineDefinition.GetMetrics as AnyMethod;
  const [metrics] = await Array.fromAsync(
    channel.call<object, GetMetricsResponse>(method, [{}]).responses,
  );
  return metrics!.running;
}

for (const [name, options] of Object.entries(settings)) {
  test(`pipelines need a token whose rule allows them, over TLS: ${name}`, async () => {
    await using files = await TlsFiles.create();
    await files.issue("server", {});
    let lines = "";
    const tokens: string[] = [];
    for (const caller of ["studio", "reader"]) {
      const file = files.path(`${caller}.token`);
      lines += `${(await runSigner("token", "new", caller, "--out", file)).stdout.trim()}\n`;
      tokens.push((await Deno.readTextFile(file)).trim());
    }
    const [studio, reader] = tokens;
    await Deno.writeTextFile(files.path("tokens"), lines, { mode: 0o600 });
    const rules =
      "rules:\n  - { who: { token: studio }, operations: pipeline }\n  - { who: { token: reader }, operations: list }\n";
    await Deno.writeTextFile(files.path("rules.yaml"), rules, { mode: 0o600 });
    await using server = await SignerProcess.start(
      ...[...base, ...options, ...files.options("server")],
      ...["--tokens", files.path("tokens"), "--rules", files.path("rules.yaml")],
    );
    using context = files.ca.clientContext();
    using channel = openChannel({ addresses: server.addresses, tls: { context } });
    const { OK, PERMISSION_DENIED, UNAUTHENTICATED } = StatusCode;
    assert.deepEqual(await statuses(channel, studio), new Set([OK]));
    assert.deepEqual(await statuses(channel, reader), new Set([PERMISSION_DENIED]));
    assert.deepEqual(await statuses(channel, "signer_wrong"), new Set([UNAUTHENTICATED]));
    assert.equal((await statuses(channel)).has(OK), false);
    assert.equal(await server.stop(), 0);
  });

  test(`a drain waits for the pipelines and streams that are open: ${name}`, async () => {
    await using server = await SignerProcess.start(...base, ...options, "--grace", "60s");
    using channel = openChannel({ addresses: server.addresses });
    const ids = Array.from({ length: 10 }, (_, i) => `n${i}`);
    // Some tenths of a second of work.
    const long = {
      version: 1,
      nodes: ids.map((id, i) => ({
        id,
        type: "resample",
        parametersJson: JSON.stringify({ sample_rate: 15_000 + 1_000 * (i % 2), quality: 10 }),
      })),
      connections: ids.slice(1).map((to, i) => ({ from: ids[i]!, to })),
      inputs: ["n0"],
      outputs: ["n9"],
      limits: { timeMs: 30_000 },
    };
    const ended = Promise.withResolvers<void>();
    const stream = channel.call<object, StreamPipelineResponse>(
      pipelineDefinition.StreamPipeline as AnyMethod,
      async function* () {
        yield { manifest };
        yield { chunk: { values: values(16) } };
        await ended.promise;
        yield { chunk: { values: values(16) } };
      }(),
    );
    const read = stream.responses[Symbol.asyncIterator]();
    assert.equal((await read.next()).value?.response, "chunk");
    const execution = Array.fromAsync(
      channel.call<object, ExecutePipelineResponse>(
        pipelineDefinition.ExecutePipeline as AnyMethod,
        [{ manifest: long, inputs: values(200_000) }],
      ).responses,
    );
    for (let looks = 0; await running(channel) === 0; looks++) assert.ok(looks < 10_000);
    const stopped = server.stop();
    const [{ outputs, metrics }] = await execution as [ExecutePipelineResponse];
    assert.deepEqual([outputs.length, metrics!.nodes.length], [1, 10]);
    ended.resolve();
    assert.equal((await read.next()).value?.response, "chunk");
    assert.equal((await read.next()).value?.response, "metrics");
    assert.equal((await read.next()).done, true);
    assert.equal(await stopped, 0);
  });
}

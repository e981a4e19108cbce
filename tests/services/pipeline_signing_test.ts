/** Signatures of pipelines: the same keys, permissions, audit and counts as those of SigningService. @module */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ExecutePipelineResponse } from "../../src/api/mod.ts";
import type { Attempt, Execution } from "../../src/audit/mod.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, loaded] = await gate(["net", "env", "read", "sys", "ffi"], async () => ({
  ...await import("./_served.ts"),
  ...await import("../../src/access/mod.ts"),
  ...await import("../../src/access/files/mod.ts"),
  ...await import("../../src/crypto/mod.ts"),
  ...await import("../../src/grpc/mod.ts"),
}));
const test = onEachStack(gated);
const { Access, KeyStore, keyVersion, openProvider, RateLimits, readRules, Served, StatusCode } =
  loaded;
const provider = openProvider?.("auto").provider;

type Served_ = Awaited<ReturnType<typeof Served.start>>;

async function keys(): Promise<InstanceType<typeof KeyStore>> {
  const store = new KeyStore();
  store.add("speech", await provider.generate("ecdsa-p256"));
  store.add("other", await provider.generate("ed25519"));
  return store;
}

/** digest → sign, and verify of both. */
function manifest(sign: object) {
  const parametersJson = JSON.stringify({ key: "speech", input: "digest", ...sign });
  return {
    version: 1,
    nodes: [
      { id: "hash", type: "digest" },
      { id: "signature", type: "sign", parametersJson },
      { id: "check", type: "verify", parametersJson },
    ],
    connections: [
      { from: "hash", to: "signature" },
      { from: "hash", to: "check" },
      { from: "signature", to: "check.signature" },
    ],
    inputs: ["hash"],
    outputs: ["signature", "check"],
  };
}

const data = new TextEncoder().encode("what was computed");

function execute(served: Served_, sign: object = {}) {
  const request = { manifest: manifest(sign), inputs: [{ name: "hash", data }] };
  return served.call<ExecutePipelineResponse>("pipeline.ExecutePipeline", request);
}

/** An audit trail in memory. */
class Trail {
  readonly attempts: Attempt[] = [];
  readonly executions: Execution[] = [];
  expectWritable(): void {}
  record(attempt: Attempt): void {
    this.attempts.push(attempt);
  }
  recordExecution(execution: Execution): void {
    this.executions.push(execution);
  }
}

test("a pipeline signs a digest: it verifies, is audited and counted", async (stack) => {
  const [trail, counted]: [Trail, string[][]] = [new Trail(), []];
  const onSigned = (...signature: string[]) => counted.push(signature);
  await using served = await Served.start(stack, {
    ...{ keys: await keys(), pipelines: true, audit: trail, onSigned },
  });
  const { outputs: [signature, check] } = await execute(served);
  assert.ok(signature?.value === "data" && check?.value === "json");
  assert.deepEqual(JSON.parse(check.json), { valid: true, key_version: 1 });
  const { publicKey } = served.keys.get("speech").current;
  assert.ok(publicKey.verify("ECDSA_SHA_256", { message: data }, signature.data, "der"));
  assert.deepEqual(counted, [["speech", "ECDSA_SHA_256"]]);
  const [{ us: _, peer: __, request, ...attempt }, ...others] = trail.attempts;
  assert.deepEqual(others, []);
  // The line of the signature and that of the pipeline are of one request.
  assert.deepEqual(trail.executions.map((one) => [one.request, one.outcome]), [[request, "OK"]]);
  const { input, ...rest } = attempt;
  assert.ok(input !== undefined && "digest" in input);
  assert.deepEqual([...input.digest], [...createHash("sha256").update(data).digest()]);
  assert.deepEqual(rest, {
    method: "ExecutePipeline",
    identity: "ip=127.0.0.1",
    key: "speech",
    version: 1,
    algorithm: "ECDSA_SHA_256",
    outcome: "OK",
  });
});

test("a pipeline signs with the default key of a type, in the layout that it asks for", async (stack) => {
  await using served = await Served.start(stack, { keys: await keys(), pipelines: true });
  const { outputs: [signature] } = await execute(served, {
    ...{ key: undefined, key_type: "ecdsa-p256", format: "p1363" },
  });
  assert.equal(signature?.data?.length, 64);
});

test("a pipeline uses no key that its caller may not use, and the refusal is audited", async (stack) => {
  const trail = new Trail();
  const rules = readRules(
    `
rules:
  - { who: anyone, operations: [pipeline] }
  - { who: anyone, operations: [sign, verify], keys: [other] }
`,
    "rules",
  );
  const policy = { tokens: undefined, rules, rates: RateLimits.memory(rules) };
  const access = new Access(policy, () => {});
  await using served = await Served.start(stack, {
    ...{ keys: await keys(), pipelines: true, access, audit: trail },
  });
  for (const key of ["speech", "absent"]) {
    await assert.rejects(execute(served, { key }), {
      code: StatusCode.PERMISSION_DENIED,
      message: "Node signature (sign): There is no such key, or the caller may not use it for sign",
    });
  }
  assert.deepEqual(trail.attempts.map(({ key, outcome }) => [key, outcome]), [
    ["speech", "PERMISSION_DENIED"],
    ["absent", "PERMISSION_DENIED"],
  ]);
  assert.deepEqual(
    trail.executions.map(({ request, outcome }) => [request, outcome]),
    trail.attempts.map(({ request }) => [request, "PERMISSION_DENIED"]),
  );
});

test("key_version: the version that has to sign, and the one that has to have signed", async (stack) => {
  const trail = new Trail();
  const store = new KeyStore();
  const versions = [];
  for (const version of [1, 2]) {
    versions.push(keyVersion(version, await provider.generate("ecdsa-p256")));
  }
  store.addVersions("speech", versions);
  await using served = await Served.start(stack, { keys: store, pipelines: true, audit: trail });
  for (const key_version of [undefined, 2]) {
    const { outputs: [, check] } = await execute(served, { key_version });
    assert.deepEqual(JSON.parse(check!.json!), { valid: true, key_version: 2 });
  }
  await assert.rejects(execute(served, { key_version: 1 }), {
    code: StatusCode.FAILED_PRECONDITION,
    message: "Node signature (sign): Version 1 of key speech does not sign now: version 2 does",
  });
  await assert.rejects(execute(served, { key_version: 3 }), {
    code: StatusCode.NOT_FOUND,
    message: "Node signature (sign): Key speech has no version 3",
  });
  await assert.rejects(execute(served, { key_version: 0 }), {
    code: StatusCode.INVALID_ARGUMENT,
    message: /The parameter key_version is 0: it must be a whole number from 1 to 2147483647/,
  });
  assert.deepEqual(trail.attempts.map(({ version, outcome }) => [version, outcome]), [
    [2, "OK"],
    [2, "OK"],
    [undefined, "FAILED_PRECONDITION"],
    [undefined, "NOT_FOUND"],
  ]);
  // A signature by version 1 is no signature of version 2.
  const old = versions[0]!.privateKey!.sign("ECDSA_SHA_256", { message: data }, "der");
  for (const [key_version, expected] of [[undefined, 1], [1, 1], [2, 0]] as const) {
    const parametersJson = JSON.stringify({ key: "speech", key_version });
    const request = {
      manifest: {
        version: 1,
        nodes: [{ id: "check", type: "verify", parametersJson }],
        inputs: ["check", "check.signature"],
        outputs: ["check"],
      },
      inputs: [{ name: "check", data }, { name: "check.signature", data: old }],
    };
    const { outputs: [check] } = await served.call<ExecutePipelineResponse>(
      "pipeline.ExecutePipeline",
      request,
    );
    assert.deepEqual(JSON.parse(check!.json!), { valid: expected > 0, key_version: expected });
  }
});

test("errors of signatures keep their status, and name the node", async (stack) => {
  await using served = await Served.start(stack, { keys: await keys(), pipelines: true });
  await assert.rejects(execute(served, { key: "absent" }), {
    code: StatusCode.NOT_FOUND,
    message: /^Node signature \(sign\): /,
  });
  await assert.rejects(execute(served, { key: "other" }), {
    code: StatusCode.INVALID_ARGUMENT,
    message: /^Node signature \(sign\): /,
  });
  await assert.rejects(execute(served, { key_type: "ed25519" }), {
    code: StatusCode.INVALID_ARGUMENT,
    message: "Node signature (sign): It has key and key_type: give one of them",
  });
});

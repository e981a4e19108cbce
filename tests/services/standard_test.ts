/** Server info, protocol versions, errors, health and reflection as clients see them. @module */
import assert from "node:assert/strict";
import type { GetServerInfoResponse } from "../../src/api/mod.ts";
import { Metadata } from "../../src/grpc/metadata.ts";
import type { ReflectionResponse } from "../../src/grpc/reflection/mod.ts";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { Served, KeyStore, healthMethods, reflectionMethods }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_served.ts"),
);
const test = onEachStack(gated);

test("`GetServerInfo` reports the algorithms of the keys, the limits, the stack and the provider", async (stack) => {
  await using served = await Served.start(stack);
  const info = await served.call<GetServerInfoResponse>("serverInfo.GetServerInfo", {});
  assert.equal(info.version, "1.2.3");
  assert.deepEqual(info.protocolVersions, ["1"]);
  assert.deepEqual(info.keyTypes, [
    "KEY_TYPE_RSA_2048",
    "KEY_TYPE_ECDSA_P256",
    "KEY_TYPE_ECDSA_P384",
    "KEY_TYPE_ED25519",
  ]);
  assert.equal(info.algorithms?.length, 10);
  assert.deepEqual(info.limits, { maxRequestBytes: 4 * 1024 * 1024, maxBatchItems: 1024 });
  assert.equal(info.stack, stack);
  assert.match(`${info.provider} ${info.providerVersion}`, /^openssl OpenSSL 3|^builtin /);
});

test("A server without keys answers with an empty list", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  assert.deepEqual(await served.call("signing.ListKeys", {}), { keys: [] });
  const info = await served.call<GetServerInfoResponse>("serverInfo.GetServerInfo", {});
  assert.deepEqual([info.algorithms, info.keyTypes], [[], []]);
});

test("The response headers have the requested protocol version, or the newest by default", async (stack) => {
  await using served = await Served.start(stack);
  for (const asked of [[], [["signer-protocol", "1"]]] as [string, string][][]) {
    const call = served.open("echo.Echo", [{ message: "x" }], { metadata: new Metadata(asked) });
    for await (const _ of call.responses);
    assert.equal((await call.headers).get("signer-protocol"), "1");
  }
});

test("An unsupported protocol version is FAILED_PRECONDITION with the supported ones", async (stack) => {
  await using served = await Served.start(stack);
  const metadata = new Metadata([["signer-protocol", "7"]]);
  await assert.rejects(
    async () => {
      for await (const _ of served.open("echo.Echo", [{}], { metadata }).responses);
    },
    (error: Error & { code: number; metadata: Metadata }) => {
      assert.equal(error.code, StatusCode.FAILED_PRECONDITION);
      assert.match(error.message, /"7".*use one of 1$/);
      // A client identifies the failed precondition by this header, not by the message.
      assert.equal(error.metadata.get("signer-protocol"), "1");
      return true;
    },
  );
});

test("An unexpected error is INTERNAL with a request id, and its message is in the server's report only", async (stack) => {
  const reports: { requestId: string; error: unknown; method: string }[] = [];
  const keys = new KeyStore();
  keys.list = () => {
    throw new Error("the secret is /etc/signer/key.pem");
  };
  await using served = await Served.start(stack, { keys, report: (one) => reports.push(one) });
  await assert.rejects(
    served.call("signing.ListKeys", {}),
    (error: Error & { code: number; metadata: Metadata }) => {
      assert.equal(error.code, StatusCode.INTERNAL);
      assert.equal(error.metadata.get("signer-request-id"), reports[0].requestId);
      assert.match(error.message, new RegExp(reports[0].requestId));
      assert.doesNotMatch(error.message, /secret|key\.pem/);
      return true;
    },
  );
  assert.equal(reports.length, 1);
  assert.equal(reports[0].method, "/signer.v1.SigningService/ListKeys");
  assert.match(String(reports[0].error), /key\.pem/);
});

test("Health is SERVING for the server and each service, and NOT_FOUND for an unknown one", async (stack) => {
  await using served = await Served.start(stack);
  const names = ["", "signer.v1.EchoService", "signer.v1.SigningService"];
  for (const service of names) {
    const call = served.channel.call<object, { status: string }>(healthMethods.check, [{
      service,
    }]);
    for await (const { status } of call.responses) assert.equal(status, "SERVING", service);
  }
  await assert.rejects(
    async () => {
      const call = served.channel.call(healthMethods.check, [{ service: "no.such" }]);
      for await (const _ of call.responses);
    },
    (error: { code: number }) => error.code === StatusCode.NOT_FOUND,
  );
});

test("Without keys the server and SigningService are NOT_SERVING, and the other services serve", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  const call = served.channel.call<object, { statuses: object }>(healthMethods.list, [{}]);
  for await (const { statuses } of call.responses) {
    assert.deepEqual(statuses, {
      "": { status: "NOT_SERVING" },
      "signer.v1.EchoService": { status: "SERVING" },
      "signer.v1.SigningService": { status: "NOT_SERVING" },
      "signer.v1.ServerInfoService": { status: "SERVING" },
    });
  }
});

test("Health lists the server and each service", async (stack) => {
  await using served = await Served.start(stack);
  const call = served.channel.call<object, { statuses: object }>(healthMethods.list, [{}]);
  for await (const { statuses } of call.responses) {
    assert.deepEqual(statuses, {
      "": { status: "SERVING" },
      "signer.v1.EchoService": { status: "SERVING" },
      "signer.v1.SigningService": { status: "SERVING" },
      "signer.v1.ServerInfoService": { status: "SERVING" },
    });
  }
});

test("A drain sends NOT_SERVING to watches and ends them, so that it need not wait", async (stack) => {
  await using served = await Served.start(stack);
  const seen: string[] = [];
  let drained: Promise<unknown> | undefined;
  const watch = (async () => {
    const call = served.channel.call<object, { status: string }>(healthMethods.watch, [{}]);
    for await (const { status } of call.responses) {
      seen.push(status);
      // The grace is far longer than this test: the drain ends because the watch ends.
      drained ??= served.drain(60_000);
    }
  })();
  await assert.rejects(watch, (error: { code: number }) => error.code === StatusCode.UNAVAILABLE);
  assert.deepEqual(seen, ["SERVING", "NOT_SERVING"]);
  await drained;
});

test("Reflection, v1 and v1alpha, lists the services and returns the file of a symbol", async (stack) => {
  await using served = await Served.start(stack);
  const requests = [
    { listServices: "" },
    { fileContainingSymbol: "signer.v1.SigningService" },
    { fileContainingSymbol: "no.Such" },
  ];
  assert.equal(reflectionMethods.length, 2);
  for (const method of reflectionMethods) {
    const answers: ReflectionResponse[] = [];
    const call = served.channel.call<object, ReflectionResponse>(method, requests);
    for await (const answer of call.responses) answers.push(answer);
    const names = answers[0].listServicesResponse?.service?.map(({ name }) => name) ?? [];
    assert.ok(names.includes("signer.v1.SigningService"), names.join());
    assert.ok(names.includes("grpc.health.v1.Health"), names.join());
    assert.ok(answers[1].fileDescriptorResponse?.fileDescriptorProto?.length);
    assert.equal(answers[2].errorResponse?.errorCode, StatusCode.NOT_FOUND);
  }
});

import assert from "node:assert/strict";
import type { AnyMethod } from "../../src/grpc/service.ts";
import { StatusCode } from "../../src/grpc/status.ts";
import type { Stack } from "../../src/grpc/stacks/mod.ts";
import { gate } from "../_support/gate.ts";
import { all, loadLibc, Served } from "./_rig.ts";

const [test, modules] = await gate(["net", "env", "read", "sys", "ffi"], async () => {
  loadLibc();
  return {
    ...await import("grpc-health-check"),
    ...await import("@grpc/reflection"),
    ...await import("../../src/grpc/stacks/mod.ts"),
    ...await import("../../src/grpc/official/mod.ts"),
    ...await import("../../src/grpc/reflection/mod.ts"),
  };
});

/** The packages' own services on a stack, and a channel of the same stack to them. */
async function serve(stack: Stack) {
  const { adopt, HealthImplementation, ReflectionService, loadProtos } = modules;
  const health = new HealthImplementation({ "a.B": "SERVING" });
  const services = [...adopt(health), ...adopt(new ReflectionService(loadProtos({})))];
  const served = await Served.by(await modules.openServer(stack, { services }));
  const channel = await modules.openChannel(stack, { addresses: [served.address] });
  return {
    health,
    channel,
    async [Symbol.asyncDispose]() {
      channel[Symbol.dispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

for (const stack of ["native", "grpc-js"] as const) {
  test(`${stack}: grpc-health-check is served as it is, and tells its watchers`, async () => {
    await using server = await serve(stack);
    const { Check, Watch, List } = modules.service as unknown as Record<string, AnyMethod>;
    const { channel, health } = server;
    const known = channel.call(Check, [{ service: "a.B" }]);
    assert.deepEqual(await all(known.responses), [{ status: "SERVING" }]);
    await assert.rejects(
      all(channel.call(Check, [{ service: "a.C" }]).responses),
      (error: { code: number }) => error.code === StatusCode.NOT_FOUND,
    );
    const listed = channel.call(List, [{}]);
    assert.deepEqual(await all(listed.responses), [{ statuses: { "a.B": { status: "SERVING" } } }]);
    const seen: string[] = [];
    const watch = channel.call<object, { status: string }>(Watch, [{ service: "a.C" }]);
    for await (const { status } of watch.responses) {
      seen.push(status);
      if (status === "SERVING") break;
      health.setStatus("a.C", "SERVING");
    }
    assert.deepEqual(seen, ["SERVICE_UNKNOWN", "SERVING"]);
  });

  test(`${stack}: @grpc/reflection is served as it is, v1 and v1alpha`, async () => {
    await using server = await serve(stack);
    for (const version of modules.reflectionVersions) {
      const call = server.channel.call(modules.reflectionMethod(version), [
        { listServices: "" },
        { fileContainingSymbol: "signer.v1.EchoService" },
      ]);
      const [list, file] = await all(call.responses) as Record<string, Record<string, unknown[]>>[];
      assert.ok(list.listServicesResponse.service.length > 0);
      assert.ok(file.fileDescriptorResponse.fileDescriptorProto.length > 0);
    }
  });
}

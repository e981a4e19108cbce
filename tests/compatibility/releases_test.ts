/**
 * Clients and servers of released versions beside those of today, by recorded calls (`deno task compatibility --record`).
 * The recording of a release is never changed: a test that fails here shows a change that breaks its users.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Message } from "@bufbuild/protobuf";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "../services/_each_stack.ts";
import type { JsonMessage, RecordedCall } from "../../scripts/compatibility/recording.ts";
import type { ServiceDefinition, StatusName } from "../../src/grpc/mod.ts";

const [test, loaded] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => {
    const recordings = await import("../../scripts/compatibility/recording.ts");
    return {
      ...recordings,
      ...await import("../../src/api/mod.ts"),
      ...await import("../../src/crypto/mod.ts"),
      ...await import("../../src/grpc/mod.ts"),
      ...await import("../../src/grpc/reflection/mod.ts"),
      ...await import("../e2e/_signer.ts"),
      ...await import("../services/_served.ts"),
      ...await import("./_old_server.ts"),
      releases: await recordings.readRecordings(),
    };
  },
);
const { releases, methodOf, requestOf, responseJson } = loaded;

test("there is a recorded release", () => assert.ok(releases.length > 0));

for (const recording of releases ?? []) {
  const { version, calls } = recording;
  const schema = loaded.schemaOf(recording);

  onEachStack(test)(`a client of ${version} gets what its own server answered`, async (stack) => {
    const { provider } = loaded.openProvider("openssl");
    const keys = new loaded.KeyStore();
    for (const [id, pkcs8] of Object.entries(recording.keys)) {
      keys.add(id, provider.importPrivateKey(Uint8Array.fromBase64(pkcs8)));
    }
    await using served = await loaded.Served.start(stack, { keys });
    for (const call of calls) {
      const method = methodOf(schema, call.method);
      const received: JsonMessage[] = [];
      let status: unknown;
      try {
        const requests = call.requests.map((request) => requestOf(schema, method, request));
        const { responses } = served.channel.call<Message, Message>(
          loaded.callable(method),
          requests,
          { metadata: new loaded.Metadata([[loaded.protocolHeader, "1"]]) },
        );
        for await (const each of responses) received.push(responseJson(schema, method, each));
      } catch (error) {
        status = (error as { code: unknown }).code;
      }
      const wanted = call.status as StatusName | undefined;
      assert.equal(status, wanted && loaded.StatusCode[wanted], call.method);
      assert.equal(received.length, call.responses.length, call.method);
      call.responses.forEach((response, at) => assertIncludes(received[at], response, call));
    }
  });

  test(`the codecs of today read what a server of ${version} answers`, async () => {
    const definitions = [
      ...[loaded.echoDefinition, loaded.serverInfoDefinition, loaded.signingDefinition],
      loaded.healthDefinition,
    ];
    const today = new Map(
      definitions.flatMap((methods) => Object.values(methods as ServiceDefinition))
        .map((method) => [method.path.slice(1).replace("/", "."), method]),
    );
    await using old = await loaded.openOldServer(recording);
    using channel = loaded.openChannel({ addresses: [old.address] });
    for (const call of calls.filter(({ status }) => status === undefined)) {
      const method = methodOf(schema, call.method);
      const definition = today.get(call.method)!;
      const { requestSerialize, responseDeserialize } = loaded.callable(method);
      const requests = call.requests.map((request) =>
        definition.requestDeserialize(requestSerialize(requestOf(schema, method, request)))
      );
      const received = [];
      for await (const response of channel.call<object, object>(definition, requests).responses) {
        const bytes = definition.responseSerialize(response);
        received.push(responseJson(schema, method, responseDeserialize(bytes)));
      }
      assert.deepEqual(received, call.responses, call.method);
    }
  });

  test(`\`signer call\` of today works with a server of ${version}`, async () => {
    await using old = await loaded.openOldServer(recording);
    const wanted = new Map([
      ["echo hello", /^hello\n$/],
      ["info", /RSASSA_PSS_SHA_256/],
      ["keys", /^ed25519/m],
      ["public-key --key ecdsa-p256", /^-----BEGIN PUBLIC KEY-----/],
      ["sign --key ed25519 text", /^\S{40,}\n$/],
      ["health", /SERVING/],
    ]);
    await Promise.all([...wanted].map(async ([words, output]) => {
      const ended = await loaded.runSigner("call", ...words.split(" "), "--to", old.address);
      assert.equal(ended.code, 0, `${words}: ${ended.stderr}`);
      assert.match(ended.stdout, output);
    }));
  });
}

/** Asserts that a response has all that a recorded one has. More fields, and more items of lists, are allowed. */
function assertIncludes(found: unknown, recorded: unknown, { method, varies = [] }: RecordedCall) {
  const includes = (found: unknown, recorded: unknown): boolean => {
    if (Array.isArray(recorded)) {
      return Array.isArray(found) &&
        recorded.every((each) => found.some((other) => includes(other, each)));
    }
    if (typeof recorded !== "object" || recorded === null) return found === recorded;
    if (typeof found !== "object" || found === null) return false;
    return Object.entries(recorded).every(([name, value]) => {
      const other = (found as JsonMessage)[name];
      return varies.includes(name) ? typeof other === typeof value : includes(other, value);
    });
  };
  assert.ok(
    includes(found, recorded),
    `${method}: ${JSON.stringify(found)} lacks a part of ${JSON.stringify(recorded)}`,
  );
}

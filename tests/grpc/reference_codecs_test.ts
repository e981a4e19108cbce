/**
 * Tests of the codecs on the reference stack. While both stacks used the generated codecs, no comparison of the stacks
 * could find a fault in them. The reference stack now uses the codecs of proto-loader.
 *
 * @module
 */
import assert from "node:assert/strict";
import { echoDefinition, healthDefinition, signingDefinition } from "../../src/api/mod.ts";
import type { AnyMethod } from "../../src/grpc/mod.ts";
import { gate } from "../_support/gate.ts";
import { kinds, loadLibc, Served } from "./_rig.ts";

const [test, { withReferenceCodecs, openGrpcJsServer, RawClient, requestFields, echoService }] =
  await gate(["net", "env", "read", "sys", "ffi"], async () => {
    loadLibc();
    return {
      ...await import("../../src/grpc/grpcjs/_reference_codecs.ts"),
      ...await import("../../src/grpc/grpcjs/mod.ts"),
      ...await import("./native/_raw_client.ts"),
      ...await import("../../src/services/echo.ts"),
    };
  });

/** protobufjs writes a field with its default value, and the generated codecs do not. */
const emptyEcho = { message: "", payload: new Uint8Array(0) };
const theirs = Buffer.from([0x0a, 0, 0x12, 0]);

test("`withReferenceCodecs()` gives each method of proto/ the codecs of proto-loader", () => {
  assert.deepEqual(echoDefinition.Echo.requestSerialize(emptyEcho), Buffer.alloc(0));
  const { requestSerialize, requestDeserialize } = withReferenceCodecs(echoDefinition.Echo);
  assert.deepEqual(requestSerialize(emptyEcho), theirs);
  assert.deepEqual(requestDeserialize(theirs), { message: "", payload: Buffer.alloc(0) });
  for (const definition of [echoDefinition, healthDefinition, signingDefinition]) {
    for (const method of Object.values<AnyMethod>(definition)) {
      assert.notEqual(withReferenceCodecs(method), method, method.path);
    }
  }
});

test("`withReferenceCodecs()` does not change a method that proto/ does not declare", () => {
  assert.equal(withReferenceCodecs(kinds.Unary), kinds.Unary);
});

test("`withReferenceCodecs()` refuses the values that the native stack refuses", () => {
  const { requestDeserialize } = withReferenceCodecs(echoDefinition.Echo);
  assert.throws(() => requestDeserialize(Buffer.from([0x0a, 1, 0xff])), /UTF-8/);
  const { requestDeserialize: batch } = withReferenceCodecs(signingDefinition.SignBatch);
  assert.throws(() => batch(Buffer.alloc(2 * 200_000, Buffer.from([0x0a, 0]))));
});

test("A grpc-js server responds with bytes from protobufjs", async () => {
  await using served = await Served.by(openGrpcJsServer({ services: [echoService()] }));
  const port = Number(/\d+$/.exec(served.address)![0]);
  await using client = await RawClient.connect({ host: "127.0.0.1", port });
  const { data } = await client.request(requestFields(echoDefinition.Echo.path), [
    new Uint8Array(5),
  ]);
  assert.deepEqual(Buffer.from(data), Buffer.concat([Buffer.from([0, 0, 0, 0, 4]), theirs]));
});

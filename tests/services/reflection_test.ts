/** The reflection service. @module */
import assert from "node:assert/strict";
import {
  serverReflectionDefinitionV1,
  serverReflectionDefinitionV1alpha,
  type ServerReflectionRequestInit,
  type ServerReflectionResponse,
} from "../../src/api/mod.ts";
import { StatusCode } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";
import { onEachStack } from "./_each_stack.ts";
import type { Served as SignerServed } from "./_served.ts";

const [
  gated,
  { Served, KeyStore, fromBinary, FileDescriptorProtoSchema, FileDescriptorSetSchema },
] = await gate(["net", "env", "read", "write", "run", "sys", "ffi"], async () => ({
  ...await import("./_served.ts"),
  ...await import("@bufbuild/protobuf"),
  ...await import("@bufbuild/protobuf/wkt"),
}));
const test = onEachStack(gated);

const { ServerReflectionInfo: v1 } = serverReflectionDefinitionV1;
const { ServerReflectionInfo: v1alpha } = serverReflectionDefinitionV1alpha;

const OWN = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];
const SERVICES = [
  "grpc.health.v1.Health",
  ...OWN,
  "signer.v1.EchoService",
  "signer.v1.ServerInfoService",
  "signer.v1.SigningService",
];

/** Sends requests to a server's reflection service on one stream, and returns its responses. */
async function ask(
  served: SignerServed,
  method: typeof v1 | typeof v1alpha,
  ...requests: ServerReflectionRequestInit[]
): Promise<ServerReflectionResponse[]> {
  const { responses } = served.channel.call<object, ServerReflectionResponse>(method, requests);
  return await Array.fromAsync(responses);
}

/** Returns the names of the files in a response. */
function files({ fileDescriptorResponse }: ServerReflectionResponse): string[] {
  return (fileDescriptorResponse?.fileDescriptorProto ?? [])
    .map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

// The package used before had one file for each proto package, with an invented name. The real names, such as
// signer/v1/keys.proto, were NOT_FOUND, and the service did not list itself.
test("Reflection, v1 and v1alpha, lists itself and returns files by their real names", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  for (const method of [v1, v1alpha]) {
    const [list, keys, signing, own] = await ask(
      served,
      method,
      { listServices: "" },
      { fileByFilename: "signer/v1/keys.proto", host: "here" },
      { fileByFilename: "signer/v1/signing.proto" },
      { fileContainingSymbol: OWN[1] },
    );
    assert.deepEqual(list.listServicesResponse?.service.map(({ name }) => name), SERVICES);
    assert.deepEqual(files(keys), ["signer/v1/keys.proto"]);
    assert.equal(keys.validHost, "here");
    assert.equal(keys.originalRequest?.fileByFilename, "signer/v1/keys.proto");
    // Its import was already sent on this stream.
    assert.deepEqual(files(signing), ["signer/v1/signing.proto"]);
    assert.deepEqual(files(own), ["grpc/reflection/v1alpha/reflection.proto"]);
  }
});

test("Reflection finds the file of every kind of symbol, and sends its imports with it", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  const signing = ["signer/v1/signing.proto", "signer/v1/keys.proto"];
  for (
    const symbol of ["SigningService", "SigningService.Sign", "SignRequest", "SignRequest.key_id"]
  ) {
    const [response] = await ask(served, v1, { fileContainingSymbol: `signer.v1.${symbol}` });
    assert.deepEqual(files(response), signing, symbol);
  }
  for (const symbol of ["Status", "SERVING"]) {
    const name = `grpc.health.v1.HealthCheckResponse.${
      symbol === "Status" ? "ServingStatus" : symbol
    }`;
    const [response] = await ask(served, v1, { fileContainingSymbol: name });
    assert.deepEqual(files(response), ["grpc/health/v1/health.proto"], name);
  }
});

test("Reflection answers an unknown name with an error response, and the stream goes on", async (stack) => {
  await using served = await Served.start(stack, { keys: new KeyStore() });
  const unknown: ServerReflectionRequestInit[] = [
    { fileByFilename: "signer/v1/none.proto" },
    { fileContainingSymbol: "no.Such" },
    { fileContainingSymbol: "" },
    { fileContainingExtension: { containingType: "signer.v1.SignRequest", extensionNumber: 100 } },
    { allExtensionNumbersOfType: "no.Such" },
  ];
  const [extensions, nothing, ...rest] = await ask(
    served,
    v1,
    { allExtensionNumbersOfType: "signer.v1.SignRequest" },
    {},
    ...unknown,
  );
  assert.deepEqual(extensions.allExtensionNumbersResponse, {
    baseTypeName: "signer.v1.SignRequest",
    extensionNumber: [],
  });
  assert.equal(nothing.errorResponse?.errorCode, StatusCode.INVALID_ARGUMENT);
  assert.deepEqual(
    rest.map(({ errorResponse }) => errorResponse?.errorCode),
    unknown.map(() => StatusCode.NOT_FOUND),
  );
});

peerTest(gated, "buf")("the descriptors equal what buf builds of proto/", async (buf) => {
  const { loadFileDescriptors } = await import("../../src/api/mod.ts");
  const root = new URL("../..", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(buf, {
    args: ["build", root, "--exclude-source-info", "-o", "-#format=binpb"],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const wanted = new Map(
    fromBinary(FileDescriptorSetSchema, stdout, { readUnknownFields: false }).file
      .map((file) => [file.name, file]),
  );
  const descriptors = await loadFileDescriptors();
  assert.deepEqual(descriptors.map(({ name }) => name), [...wanted.keys()].sort());
  for (const { name, descriptor } of descriptors) {
    const file = fromBinary(FileDescriptorProtoSchema, Uint8Array.fromBase64(descriptor));
    // protoc and buf keep `syntax` for proto3.
    assert.deepEqual(file, wanted.get(name), name);
  }
});

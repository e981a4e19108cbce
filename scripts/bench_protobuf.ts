/**
 * Measures nanoseconds per message written and read: the generated code beside proto-loader, on the same messages
 * in one run.
 *
 *     deno bench -P=bench scripts/bench_protobuf.ts
 *
 * @module
 */
import type { MessageTypeDefinition } from "@grpc/proto-loader";
import { echoDefinition as echo, signingDefinition as signing } from "../src/api/mod.ts";
import type { AnyMethod } from "../src/grpc/mod.ts";
import { loadProtos } from "../src/grpc/grpcjs/protos.ts";

const official = loadProtos();

interface Sample {
  readonly type: string;
  readonly message: object;
  readonly serialize: AnyMethod["requestSerialize"];
  readonly deserialize: AnyMethod["requestDeserialize"];
}

function request(type: string, method: AnyMethod, message: object): Sample {
  const { requestSerialize: serialize, requestDeserialize: deserialize } = method;
  return { type, message, serialize, deserialize };
}

function response(type: string, method: AnyMethod, message: object): Sample {
  const { responseSerialize: serialize, responseDeserialize: deserialize } = method;
  return { type, message, serialize, deserialize };
}

const keyId = "Mk4r0TtdKtqSIBnD5g5pMGDHY0Yl8ZR2QyxfzYjCx1s";
const digest = Buffer.alloc(32, 1);
const algorithm = "RSASSA_PSS_SHA_256";
const signed = { response: { signature: Buffer.alloc(256, 2), keyId, algorithm } };
const key = { keyId, keyType: "KEY_TYPE_RSA_2048", algorithms: [algorithm], thumbprint: keyId };

const samples: Readonly<Record<string, Sample>> = {
  "echo hello": request("EchoRequest", echo.Echo, { message: "hello" }),
  "echo 100 B": response("EchoResponse", echo.Echo, { payload: Buffer.alloc(100) }),
  "echo 64 KiB": request("EchoRequest", echo.Echo, { payload: Buffer.alloc(65_536) }),
  "echo 300 letters": request("EchoRequest", echo.Echo, { message: "x".repeat(300) }),
  "sign request": request("SignRequest", signing.Sign, { keyId, algorithm, digest }),
  "sign response": response("SignResponse", signing.Sign, signed.response),
  "batch of 10": response("SignBatchResponse", signing.SignBatch, {
    results: Array.from({ length: 10 }, () => signed),
  }),
  "list of 10 keys": response("ListKeysResponse", signing.ListKeys, {
    keys: Array.from({ length: 10 }, () => key),
  }),
};

const pairs = Object.entries(samples).map(([name, ours]) => {
  const { serialize, deserialize } = official[`signer.v1.${ours.type}`] as MessageTypeDefinition<
    object,
    object
  >;
  return {
    name,
    message: ours.message,
    bytes: ours.serialize(ours.message),
    codecs: { ours, theirs: { serialize, deserialize } },
  };
});

// Runs all code with messages of every type before the first measurement.
for (let i = 0; i < 2_000; i++) {
  for (const { message, bytes, codecs } of pairs) {
    for (const { serialize, deserialize } of Object.values(codecs)) {
      serialize(message);
      deserialize(bytes);
    }
  }
}

for (const { name, message, bytes, codecs: { ours, theirs } } of pairs) {
  const write = `write ${name}`;
  Deno.bench("generated", { group: write }, () => void ours.serialize(message));
  Deno.bench(
    "proto-loader",
    { group: write, baseline: true },
    () => void theirs.serialize(message),
  );
  const read = `read ${name}`;
  Deno.bench("generated", { group: read }, () => void ours.deserialize(bytes));
  Deno.bench("proto-loader", { group: read, baseline: true }, () => void theirs.deserialize(bytes));
}

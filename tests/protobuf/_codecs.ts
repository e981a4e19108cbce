import * as health from "../../src/api/generated/grpc/health/v1/health_pb.ts";
import * as reflection from "../../src/api/generated/grpc/reflection/v1/reflection_pb.ts";
import * as echo from "../../src/api/generated/signer/v1/echo_pb.ts";
import * as keys from "../../src/api/generated/signer/v1/keys_pb.ts";
import * as pipeline from "../../src/api/generated/signer/pipeline/v1/pipeline_pb.ts";
import * as serverInfo from "../../src/api/generated/signer/v1/server_info_pb.ts";
import * as signing from "../../src/api/generated/signer/v1/signing_pb.ts";
import type { Codec } from "../../src/protobuf/mod.ts";

/** The codecs of all messages of the contract, by full name. Reflection v1alpha has those of v1. */
export const codecs: ReadonlyMap<string, Codec<object, object>> = new Map(
  [health, reflection, echo, keys, pipeline, serverInfo, signing]
    .flatMap((module) => Object.values<unknown>(module))
    .filter(isCodec)
    .flatMap((codec) => {
      const { name } = codec;
      return [name, name.replace("reflection.v1.", "reflection.v1alpha.")]
        .map((each) => [each, codec] as const);
    }),
);

function isCodec(value: unknown): value is Codec<object, object> {
  return typeof value === "object" && value !== null && "decode" in value && "encode" in value;
}

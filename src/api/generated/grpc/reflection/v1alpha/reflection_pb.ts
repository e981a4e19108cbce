/** Generated from proto/grpc/reflection/v1alpha/reflection.proto by `deno task proto`. @module */
import { method } from "../../../../../grpc/mod.ts";
import {
  serverReflectionRequestCodec,
  serverReflectionResponseCodec,
} from "../v1/reflection_pb.ts";

/** The service `grpc.reflection.v1alpha.ServerReflection`. */
export const serverReflectionDefinition = {
  /** Answers each request of the stream by one response, in their order. */
  ServerReflectionInfo: method(
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    serverReflectionRequestCodec,
    serverReflectionResponseCodec,
    {
      requestStream: true,
      responseStream: true,
      originalName: "serverReflectionInfo",
      options: { idempotency_level: "IDEMPOTENCY_UNKNOWN" },
    },
  ),
};

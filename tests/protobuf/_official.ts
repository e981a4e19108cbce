import type { MessageTypeDefinition } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";
import type protobuf from "protobufjs";
import { loadProtos } from "../../src/grpc/grpcjs/protos.ts";
import { fullName, readProtoFiles } from "../../scripts/proto/schema.ts";

/** A message type of protobufjs, and its definition by proto-loader. */
export interface OfficialMessage {
  readonly type: protobuf.Type;
  serialize(message: object): Buffer;
  deserialize(bytes: Buffer): object;
}

/** Returns all messages of `proto/`, by full name. */
export function officialMessages(): Map<string, OfficialMessage> {
  const definitions = loadProtos();
  const folder = fileURLToPath(new URL("../../proto", import.meta.url));
  const files = readProtoFiles(folder);
  return new Map(
    files.flatMap(({ messages }) => messages).map((type) => {
      const { serialize, deserialize } = definitions[fullName(type)] as MessageTypeDefinition<
        object,
        object
      >;
      return [fullName(type), { type, serialize, deserialize }];
    }),
  );
}

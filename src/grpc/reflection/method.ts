import { type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type AnyMethod, asBuffer } from "../mod.ts";

/** Returns a method in the form that channels call and servers serve. Its messages are dynamic. */
export function callable({ parent, name, methodKind, input, output }: DescMethod): AnyMethod {
  return {
    path: `/${parent.typeName}/${name}`,
    originalName: name,
    requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
    responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
    requestSerialize: (message: Message) => asBuffer(toBinary(input, message)),
    requestDeserialize: (bytes) => fromBinary(input, bytes),
    responseSerialize: (message: Message) => asBuffer(toBinary(output, message)),
    responseDeserialize: (bytes) => fromBinary(output, bytes),
  };
}

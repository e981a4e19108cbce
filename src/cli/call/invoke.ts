/** Calls of any method, with requests and responses in JSON. */
import type { Message } from "@bufbuild/protobuf";
import { callable, messageToJson } from "../../grpc/reflection/mod.ts";
import { writeResult } from "../output.ts";
import { jsonDocuments } from "../client/json_documents.ts";
import type { ConnectionOptions } from "../client/options.ts";
import { withReflectionErrors } from "../client/reflection_failure.ts";
import { refuseRaw } from "./result.ts";
import { Session } from "../client/session.ts";
import { findMethod } from "../client/symbols.ts";
import type { SchemaOptions } from "../client/schema.ts";
import { dataPieces, messages, onlyMessage } from "../client/requests.ts";

export interface InvokeOptions extends ConnectionOptions, SchemaOptions {
  readonly data?: string;
}

/**
 * `call METHOD -d JSON`. A method that takes one request gets an empty one without `-d`; one that takes a
 * stream gets none.
 */
export async function invoke(name: string, options: InvokeOptions): Promise<void> {
  refuseRaw(options.output, "a method");
  using session = await Session.open(options);
  const { schema, declared } = await findMethod(session, name, options);
  const method = callable(declared);
  const documents = jsonDocuments(dataPieces(options.data));
  const requests = method.requestStream
    ? messages(schema, declared, documents)
    : [await onlyMessage(schema, declared, documents)];
  for await (const response of session.call<Message, Message>(method, requests)) {
    const json = withReflectionErrors(() =>
      messageToJson(schema.registry, declared.output, response)
    );
    writeResult(`${json}\n`);
  }
}

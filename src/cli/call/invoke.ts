/** `call METHOD`: calls any method, with requests and responses in JSON. @module */
import type { Message } from "@bufbuild/protobuf";
import { callable, messageToJson } from "../../grpc/reflection/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { writeResult } from "../output.ts";
import {
  dataPieces,
  findMethod,
  jsonDocuments,
  messages,
  onlyMessage,
  type SchemaOptions,
  withReflectionErrors,
} from "../client/methods/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { refuseRaw } from "./result.ts";
import { Session } from "../client/mod.ts";

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
  let failed = 0;
  for await (const response of session.call<Message, Message>(method, requests)) {
    failed += failedItems(response);
    const json = withReflectionErrors(() =>
      messageToJson(schema.registry, declared.output, response)
    );
    writeResult(`${json}\n`);
  }
  if (failed > 0) {
    throw new CliError(
      ExitCode.failed,
      `${failed} of the requests failed: see error in the results`,
    );
  }
}

/** Counts the failed requests in a response of SignBatch or SignStream. */
function failedItems(response: Message): number {
  switch (response.$typeName) {
    case "signer.v1.SignBatchResponse":
      return (response as Message & { results: Message[] }).results
        .reduce((sum, result) => sum + failedItems(result), 0);
    case "signer.v1.SignResult":
      return (response as Message & { result: { case?: string } }).result.case === "error" ? 1 : 0;
    default:
      return 0;
  }
}

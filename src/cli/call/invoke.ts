/** Calls of any method, with requests and responses in JSON. */
import type { DescMethod, Message } from "@bufbuild/protobuf";
import {
  callable,
  messageFromJson,
  messageToJson,
  type Schema,
} from "../../grpc/reflection/mod.ts";
import { usageError } from "../exit.ts";
import { writeResult } from "../output.ts";
import { readFile } from "./input.ts";
import { jsonDocuments } from "./json_documents.ts";
import type { ConnectionOptions } from "./options.ts";
import { withReflectionErrors } from "./reflection_failure.ts";
import { refuseRaw } from "./result.ts";
import { Session } from "./session.ts";
import { findMethod, type SchemaOptions } from "./symbols.ts";

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

/**
 * The request of a method that takes one. The input is read to its end first, so that an error in it is
 * reported before the call.
 *
 * @throws {CliError}
 */
export async function onlyMessage(
  schema: Schema,
  { input, parent, name }: DescMethod,
  documents: AsyncIterable<string>,
): Promise<Message> {
  const all = await Array.fromAsync(documents);
  if (all.length > 1) {
    throw usageError(`${parent.typeName}/${name} takes one request, and ${all.length} are given`);
  }
  return withReflectionErrors(() => messageFromJson(schema.registry, input, all[0] ?? "{}"));
}

/** The requests of a method that takes a stream, each as soon as its JSON is complete. */
export async function* messages(
  schema: Schema,
  { input }: DescMethod,
  documents: AsyncIterable<string>,
): AsyncGenerator<Message> {
  for await (const document of documents) {
    yield withReflectionErrors(() => messageFromJson(schema.registry, input, document));
  }
}

/** The text of `-d`: itself, the file that `@FILE` names, or standard input for `@` and `@-`. */
export function dataPieces(data: string | undefined): Iterable<string> | AsyncIterable<string> {
  if (data === undefined) return [];
  if (data === "@" || data === "@-") {
    return Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  }
  return [data.startsWith("@") ? new TextDecoder().decode(readFile(data.slice(1))) : data];
}

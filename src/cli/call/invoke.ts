import { usageError } from "../exit.ts";
import { writeResult } from "../output.ts";
import type { MethodType } from "./descriptors.ts";
import { readFile } from "./input.ts";
import { jsonDocuments } from "./json_documents.ts";
import { messageFromJson, messageToJson } from "./json.ts";
import type { ConnectionOptions } from "./options.ts";
import { printableLines } from "./printable.ts";
import { refuseRaw } from "./result.ts";
import type { Schema } from "./schema.ts";
import { Session } from "./session.ts";
import { findMethod } from "./symbols.ts";

export interface InvokeOptions extends ConnectionOptions {
  readonly data?: string;
}

/**
 * `call METHOD -d JSON`: calls any method, its requests and responses in JSON. A method that takes one
 * request gets an empty one without `-d`; one that takes many gets none.
 */
export async function invoke(name: string, options: InvokeOptions): Promise<void> {
  refuseRaw(options.output, "a method");
  using session = await Session.open(options);
  const { schema, declared } = await findMethod(session, name);
  const requests = declared.requestStream
    ? messages(schema, declared, jsonDocuments(pieces(options.data)))
    : [await onlyMessage(schema, declared, options.data)];
  const responses = session.call<unknown, Record<string, unknown>>(
    schema.callable(declared),
    requests,
  );
  for await (const response of responses) {
    const json = JSON.stringify(messageToJson(schema, declared.response, response), null, 2);
    writeResult(`${printableLines(json)}\n`);
  }
}

/** The request of a method that takes one: read whole, so that what is wrong is said before the call. */
async function onlyMessage(
  schema: Schema,
  { name, request }: MethodType,
  data: string | undefined,
): Promise<unknown> {
  const documents = await Array.fromAsync(jsonDocuments(pieces(data)));
  if (documents.length > 1) {
    throw usageError(`${name} takes one request, and ${documents.length} are given`);
  }
  return messageFromJson(schema, request, documents[0] ?? {});
}

async function* messages(
  schema: Schema,
  { request }: MethodType,
  documents: AsyncIterable<unknown>,
): AsyncGenerator<unknown> {
  for await (const document of documents) yield messageFromJson(schema, request, document);
}

/** The text of `-d`: itself, or of the file after an @, or of standard input for @ alone. */
function pieces(data: string | undefined): Iterable<string> | AsyncIterable<string> {
  if (data === undefined) return [];
  if (data === "@") return Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  return [data.startsWith("@") ? new TextDecoder().decode(readFile(data.slice(1))) : data];
}

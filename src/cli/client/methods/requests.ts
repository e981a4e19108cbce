/** The requests of a method that is called by name, from JSON. @module */
import type { DescMethod, Message } from "@bufbuild/protobuf";
import { messageFromJson, type Schema } from "../../../grpc/reflection/mod.ts";
import { usageError } from "../../exit.ts";
import { readFile } from "../../read_file.ts";
import { withReflectionErrors } from "./reflection_failure.ts";

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

/** Yields the requests of a method that takes a stream, each as soon as its JSON is complete. */
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

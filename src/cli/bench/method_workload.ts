import type { Workload } from "../../bench/mod.ts";
import { callable } from "../../grpc/reflection/mod.ts";
import {
  dataPieces,
  findMethod,
  jsonDocuments,
  messages,
  onlyMessage,
} from "../client/methods/mod.ts";
import type { Session } from "../client/mod.ts";
import type { BenchOptions } from "./options.ts";
import { callName, type NamedWorkload } from "./named_workload.ts";

/**
 * Prepares the requests of a method that is named in full, from the JSON of `-d`.
 *
 * @throws {CliError}
 */
export async function methodWorkload(
  session: Session,
  name: string,
  options: BenchOptions,
): Promise<NamedWorkload> {
  const { schema, declared } = await findMethod(session, name, options);
  const { path, requestStream, responseStream, requestSerialize } = callable(declared);
  const documents = jsonDocuments(dataPieces(options.data));
  const given = requestStream
    ? await Array.fromAsync(messages(schema, declared, documents))
    : [await onlyMessage(schema, declared, documents)];
  const requests = given.map((message) => new Uint8Array(requestSerialize(message)));
  const workload: Workload = requestStream || responseStream
    ? { kind: "stream", path, requests, requestStream, responseStream }
    : { kind: "unary", path, request: requests[0] };
  return { workload, call: callName(path) };
}

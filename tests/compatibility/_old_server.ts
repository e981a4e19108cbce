/** The server of a recorded release. @module */
import type { DescMethod, Message } from "@bufbuild/protobuf";
import { isDeepStrictEqual } from "node:util";
import {
  type Recording,
  requestJson,
  responseOf,
  schemaOf,
} from "../../scripts/compatibility/recording.ts";
import {
  type AnyHandler,
  bidi,
  implement,
  RpcError,
  type Service,
  type StatusName,
  unary,
} from "../../src/grpc/mod.ts";
import { callable } from "../../src/grpc/reflection/mod.ts";
import { openServer } from "../../src/grpc/stacks/mod.ts";
import { formatAddress, tcpAddress } from "../../src/net/mod.ts";

/**
 * Serves as a release did: its methods with its messages, which answer each recorded request as they did, and any other
 * request as the first of the method.
 */
export async function openOldServer(recording: Recording) {
  const schema = schemaOf(recording);
  const services: Service[] = schema.services().flatMap((service) => {
    const recorded = service.methods.filter((method) => callsOf(method).length > 0);
    if (recorded.length === 0) return [];
    const entries = recorded.map((method) => [method.name, callable(method)] as const);
    const handlers = recorded.map((method) => [method.name, handlerOf(method)] as const);
    return [implement(Object.fromEntries(entries), Object.fromEntries(handlers) as never)];
  });

  function callsOf({ parent, name }: DescMethod) {
    return recording.calls.filter(({ method }) => method === `${parent.typeName}.${name}`);
  }

  function responsesTo(method: DescMethod, requests: readonly Message[]): Message[] {
    const given = requests.map((request) => requestJson(schema, method, request));
    const calls = callsOf(method);
    const call = calls.find(({ requests }) => isDeepStrictEqual(requests, given)) ?? calls[0];
    if (call.status !== undefined) throw new RpcError(call.status as StatusName, "Recorded");
    return call.responses.map((response) => responseOf(schema, method, response));
  }

  function handlerOf(method: DescMethod): AnyHandler {
    if (method.methodKind === "unary") {
      return unary((request: Message) => responsesTo(method, [request])[0]);
    }
    return bidi(async function* (requests: AsyncIterable<Message>) {
      yield* responsesTo(method, await Array.fromAsync(requests));
    });
  }

  const server = await openServer("native", { services });
  const address = formatAddress(await server.listen(tcpAddress("127.0.0.1:0")));
  return { address, [Symbol.asyncDispose]: () => server.close() };
}

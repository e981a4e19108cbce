import {
  bidi,
  type CallContext,
  clientStream,
  implement,
  RpcError,
  serverStream,
  type Service,
  type StatusCode,
  unary,
} from "../../src/grpc/contract/mod.ts";
import {
  type EchoStatus,
  type PayloadMessage,
  type SimpleRequest,
  type StreamingOutputRequest,
  testService,
  zeros,
} from "./_definitions.ts";

/**
 * The metadata that the service sends back as it came: the one in headers, the other in trailers.
 */
export const echoedInHeaders = "x-grpc-test-echo-initial";
export const echoedInTrailers = "x-grpc-test-echo-trailing-bin";

/** The server of gRPC's interop tests, without the methods that are never served. */
export function interopServer(): Service {
  const { UnimplementedCall: _, ...definition } = testService();
  return implement(definition, {
    EmptyCall: unary((_request, context) => {
      echoMetadata(context);
      return {};
    }),
    UnaryCall: unary((request: SimpleRequest, context) => {
      echoMetadata(context);
      throwStatus(request.responseStatus);
      return { payload: zeros(request.responseSize ?? 0) };
    }),
    StreamingOutputCall: serverStream(async function* (request: StreamingOutputRequest) {
      yield* responsesTo(request);
    }),
    StreamingInputCall: clientStream(async (requests: AsyncIterable<PayloadMessage>) => {
      let aggregatedPayloadSize = 0;
      for await (const { payload } of requests) aggregatedPayloadSize += payload?.body.length ?? 0;
      return { aggregatedPayloadSize };
    }),
    FullDuplexCall: bidi(async function* (
      requests: AsyncIterable<StreamingOutputRequest>,
      context,
    ) {
      echoMetadata(context);
      for await (const request of requests) {
        throwStatus(request.responseStatus);
        yield* responsesTo(request);
      }
    }),
  });
}

async function* responsesTo({ responseParameters = [] }: StreamingOutputRequest) {
  for (const { size, intervalUs = 0 } of responseParameters) {
    if (intervalUs > 0) await new Promise((resolve) => setTimeout(resolve, intervalUs / 1000));
    yield { payload: zeros(size) };
  }
}

function echoMetadata({ metadata, responseHeaders, responseTrailers }: CallContext): void {
  const initial = metadata.get(echoedInHeaders);
  if (initial !== undefined) responseHeaders.set(echoedInHeaders, initial);
  const trailing = metadata.get(echoedInTrailers);
  if (trailing !== undefined) responseTrailers.set(echoedInTrailers, trailing);
}

function throwStatus(status: EchoStatus | null | undefined): void {
  if (status?.code) throw new RpcError(status.code as StatusCode, status.message);
}

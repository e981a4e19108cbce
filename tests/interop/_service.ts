/** The handlers of gRPC's interop tests. @module */
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
} from "../../src/grpc/mod.ts";
import {
  type BoolValue,
  type EchoStatus,
  type PayloadMessage,
  type SimpleRequest,
  type StreamingInputRequest,
  type StreamingOutputRequest,
  testService,
  zeros,
} from "./_definitions.ts";

/**
 * The metadata key that the service echoes in response headers.
 */
export const echoedInHeaders = "x-grpc-test-echo-initial";
export const echoedInTrailers = "x-grpc-test-echo-trailing-bin";

/**
 * Returns the service of gRPC's interop tests, without the unimplemented methods.
 *
 * @param tellsCompression true if the stack reports compressed requests; else that is not checked
 */
export function interopServer(tellsCompression: boolean): Service {
  const checkCompression = (expected: BoolValue | null | undefined, context: CallContext) => {
    if (!tellsCompression || !expected || expected.value === context.requestCompressed) return;
    const came = context.requestCompressed ? "compressed" : "uncompressed";
    throw new RpcError("INVALID_ARGUMENT", `The request came ${came}`);
  };
  const { UnimplementedCall: _, ...definition } = testService();
  return implement(definition, {
    EmptyCall: unary((_request, context) => {
      echoMetadata(context);
      return {};
    }),
    UnaryCall: unary((request: SimpleRequest, context) => {
      echoMetadata(context);
      checkCompression(request.expectCompressed, context);
      throwStatus(request.responseStatus);
      context.compressResponse = request.responseCompressed?.value ?? false;
      return { payload: zeros(request.responseSize ?? 0) };
    }),
    StreamingOutputCall: serverStream(async function* (request: StreamingOutputRequest, context) {
      yield* responsesTo(request, context);
    }),
    StreamingInputCall: clientStream(async (
      requests: AsyncIterable<StreamingInputRequest>,
      context,
    ) => {
      let aggregatedPayloadSize = 0;
      for await (const { payload, expectCompressed } of requests) {
        checkCompression(expectCompressed, context);
        aggregatedPayloadSize += payload?.body.length ?? 0;
      }
      return { aggregatedPayloadSize };
    }),
    FullDuplexCall: bidi(async function* (
      requests: AsyncIterable<StreamingOutputRequest>,
      context,
    ) {
      echoMetadata(context);
      for await (const request of requests) {
        throwStatus(request.responseStatus);
        yield* responsesTo(request, context);
      }
    }),
  });
}

async function* responsesTo(
  { responseParameters = [] }: StreamingOutputRequest,
  context: CallContext,
): AsyncGenerator<PayloadMessage> {
  for (const { size, intervalUs = 0, compressed } of responseParameters) {
    if (intervalUs > 0) await new Promise((resolve) => setTimeout(resolve, intervalUs / 1000));
    context.compressResponse = compressed?.value ?? false;
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

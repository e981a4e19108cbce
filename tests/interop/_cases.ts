/** The test cases of gRPC's interop tests. @module */
import assert from "node:assert/strict";
import { Metadata, type RpcChannel, RpcError, StatusCode } from "../../src/grpc/mod.ts";
import { type NativeCallOptions } from "../../src/grpc/native/client/mod.ts";
import {
  type PayloadMessage,
  type SimpleRequest,
  type StreamingInputRequest,
  type StreamingOutputRequest,
  testService,
  unimplementedService,
  zeros,
} from "./_definitions.ts";
import { echoedInHeaders, echoedInTrailers } from "./_service.ts";

/** A test case of gRPC's doc/interop-test-descriptions.md. */
export type Case = (channel: RpcChannel) => Promise<void>;

/** The payload sizes of the descriptions. */
const LARGE_REQUEST = 271_828;
const LARGE_RESPONSE = 314_159;
const REQUESTS = [27_182, 8, 1828, 45_904] as const;
const RESPONSES = [31_415, 9, 2653, 58_979] as const;

export const cases: Readonly<Record<string, Case>> = {
  async empty_unary(channel) {
    assert.deepEqual(await all(channel.call(testService().EmptyCall, [{}]).responses), [{}]);
  },

  large_unary: (channel) => largeUnary(channel),

  async client_streaming(channel) {
    const requests = REQUESTS.map((size) => ({ payload: zeros(size) }));
    assert.equal(await inputCall(channel, requests), 74_922);
  },

  async server_streaming(channel) {
    const request: StreamingOutputRequest = {
      responseParameters: RESPONSES.map((size) => ({ size })),
    };
    const call = channel.call<StreamingOutputRequest, PayloadMessage>(
      testService().StreamingOutputCall,
      [
        request,
      ],
    );
    assert.deepEqual((await all(call.responses)).map(sizeOf), RESPONSES);
  },

  async ping_pong(channel) {
    const taken: number[] = [];
    let pong = Promise.withResolvers<void>();
    async function* pings(): AsyncGenerator<StreamingOutputRequest> {
      for (const [i, size] of RESPONSES.entries()) {
        yield { responseParameters: [{ size }], payload: zeros(REQUESTS[i]) };
        await pong.promise;
        pong = Promise.withResolvers();
      }
    }
    const call = channel.call<StreamingOutputRequest, PayloadMessage>(
      testService().FullDuplexCall,
      pings(),
    );
    for await (const response of call.responses) {
      taken.push(sizeOf(response));
      pong.resolve();
    }
    assert.deepEqual(taken, RESPONSES);
  },

  async empty_stream(channel) {
    assert.deepEqual(await all(channel.call(testService().FullDuplexCall, []).responses), []);
  },

  async custom_metadata(channel) {
    const octets = Uint8Array.of(0xab, 0xab, 0xab);
    const metadata = new Metadata([
      [echoedInHeaders, "test_initial_metadata_value"],
      [echoedInTrailers, octets],
    ]);
    const request = { responseSize: LARGE_RESPONSE, payload: zeros(LARGE_REQUEST) };
    const streamed = {
      responseParameters: [{ size: LARGE_RESPONSE }],
      payload: zeros(LARGE_REQUEST),
    };
    for (
      const call of [
        channel.call<unknown, PayloadMessage>(testService().UnaryCall, [request], { metadata }),
        channel.call<unknown, PayloadMessage>(testService().FullDuplexCall, [streamed], {
          metadata,
        }),
      ]
    ) {
      const { headers } = call;
      assert.deepEqual((await all(call.responses)).map(sizeOf), [LARGE_RESPONSE]);
      assert.equal((await headers).get(echoedInHeaders), "test_initial_metadata_value");
      const trailer = (await call.trailers).get(echoedInTrailers) as Uint8Array;
      assert.deepEqual(Uint8Array.from(trailer), octets);
    }
  },

  async status_code_and_message(channel) {
    const responseStatus = { code: StatusCode.UNKNOWN, message: "test status message" };
    for (const method of [testService().UnaryCall, testService().FullDuplexCall]) {
      const error = await failure(
        "UNKNOWN",
        all(channel.call(method, [{ responseStatus }]).responses),
      );
      assert.equal(error.message, responseStatus.message);
    }
  },

  async special_status_message(channel) {
    const message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
    const responseStatus = { code: StatusCode.UNKNOWN, message };
    const error = await failure(
      "UNKNOWN",
      all(channel.call(testService().UnaryCall, [{ responseStatus }]).responses),
    );
    assert.equal(error.message, message);
  },

  async unimplemented_method(channel) {
    await failure(
      "UNIMPLEMENTED",
      all(channel.call(testService().UnimplementedCall, [{}]).responses),
    );
  },

  async unimplemented_service(channel) {
    const method = unimplementedService().UnimplementedCall;
    await failure("UNIMPLEMENTED", all(channel.call(method, [{}]).responses));
  },

  async cancel_after_begin(channel) {
    const stop = new AbortController();
    const call = channel.call(testService().StreamingInputCall, never, { signal: stop.signal });
    stop.abort();
    await failure("CANCELLED", all(call.responses));
  },

  async cancel_after_first_response(channel) {
    const stop = new AbortController();
    async function* requests() {
      yield { responseParameters: [{ size: RESPONSES[0] }], payload: zeros(REQUESTS[0]) };
      yield* never;
    }
    const call = channel.call<unknown, PayloadMessage>(testService().FullDuplexCall, requests(), {
      signal: stop.signal,
    });
    const responses = call.responses[Symbol.asyncIterator]();
    assert.equal(sizeOf((await responses.next()).value), RESPONSES[0]);
    stop.abort();
    await failure("CANCELLED", responses.next());
  },

  async timeout_on_sleeping_server(channel) {
    async function* requests() {
      yield { payload: zeros(REQUESTS[0]) };
      yield* never;
    }
    const call = channel.call(testService().FullDuplexCall, requests(), {
      deadline: Date.now() + 1,
    });
    await failure("DEADLINE_EXCEEDED", all(call.responses));
  },
};

/**
 * Returns the cases with compressed requests. Probes are left out for servers that cannot tell if a request was
 * compressed, because they do not refuse probes.
 */
export function compressedRequestCases(probes: boolean): Readonly<Record<string, Case>> {
  return {
    async client_compressed_unary(channel) {
      const compressed = { expectCompressed: { value: true } };
      if (probes) await failure("INVALID_ARGUMENT", largeUnary(channel, compressed));
      await largeUnary(channel, compressed, { compression: "gzip" });
      await largeUnary(channel, { expectCompressed: { value: false } });
    },

    async client_compressed_streaming(channel) {
      const [size, , , lastSize] = REQUESTS;
      const compressed = { expectCompressed: { value: true }, payload: zeros(size) };
      const plain = { expectCompressed: { value: false }, payload: zeros(lastSize) };
      if (probes) await failure("INVALID_ARGUMENT", inputCall(channel, [compressed]));
      const options: NativeCallOptions = {
        compression: "gzip",
        compresses: (request) => request === compressed,
      };
      assert.equal(await inputCall(channel, [compressed, plain], options), 73_086);
    },
  };
}

/**
 * The cases with compressed responses. The client sees equal messages either way;
 * `tests/grpc/native/compression_test.ts` checks the compressed flag on the wire.
 */
export const compressedResponseCases: Readonly<Record<string, Case>> = {
  async server_compressed_unary(channel) {
    for (const value of [true, false]) {
      await largeUnary(channel, { responseCompressed: { value } });
    }
  },

  async server_compressed_streaming(channel) {
    const request: StreamingOutputRequest = {
      responseParameters: [
        { compressed: { value: true }, size: 31_415 },
        { compressed: { value: false }, size: 92_653 },
      ],
    };
    const call = channel.call<StreamingOutputRequest, PayloadMessage>(
      testService().StreamingOutputCall,
      [request],
    );
    assert.deepEqual((await all(call.responses)).map(sizeOf), [31_415, 92_653]);
  },
};

async function largeUnary(
  channel: RpcChannel,
  fields: SimpleRequest = {},
  options: NativeCallOptions = {},
): Promise<void> {
  const request = { responseSize: LARGE_RESPONSE, payload: zeros(LARGE_REQUEST), ...fields };
  const call = channel.call<SimpleRequest, PayloadMessage>(
    testService().UnaryCall,
    [request],
    options,
  );
  const [response, ...more] = await all(call.responses);
  assert.equal(more.length, 0);
  assert.deepEqual(Uint8Array.from(response.payload!.body), new Uint8Array(LARGE_RESPONSE));
}

/** Returns the total payload size that the server counted. */
async function inputCall(
  channel: RpcChannel,
  requests: readonly StreamingInputRequest[],
  options: NativeCallOptions = {},
): Promise<number> {
  const call = channel.call<StreamingInputRequest, { aggregatedPayloadSize: number }>(
    testService().StreamingInputCall,
    requests,
    options,
  );
  const [{ aggregatedPayloadSize }] = await all(call.responses);
  return aggregatedPayloadSize;
}

async function all<T>(responses: AsyncIterable<T>): Promise<T[]> {
  return await Array.fromAsync(responses);
}

function sizeOf({ payload }: PayloadMessage): number {
  return payload?.body.length ?? 0;
}

/** A stream of requests that never yields. */
const never: AsyncIterable<never> = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
};

/** Asserts that a call fails with a status code, and returns the error. */
async function failure(code: keyof typeof StatusCode, ended: Promise<unknown>): Promise<RpcError> {
  const error = await ended.then(() => assert.fail("The call succeeded"), (error) => error);
  if (!(error instanceof RpcError)) throw error;
  assert.equal(error.code, StatusCode[code], error.message);
  return error;
}

/** Metadata and the end of calls on every channel: statuses, deadlines, cancellation. @module */
import assert from "node:assert/strict";
import { Metadata, RpcError, serverStream, unary } from "../../src/grpc/mod.ts";
import { channelTo, failure, forever, serve, test } from "./_channel_pairs.ts";
import { all, kinds } from "./_rig.ts";

test("`call()` carries metadata in both directions, binary values too", async () => {
  await using served = await serve({
    Unary: unary((_request, context) => {
      context.responseHeaders.set("answer", context.metadata.get("question") as string);
      context.responseHeaders.set("octets-bin", context.metadata.get("octets-bin") as Uint8Array);
      context.responseTrailers.set("last", "trailer");
      return 1;
    }),
  });
  using channel = channelTo(served);
  const octets = Uint8Array.of(0, 255, 10, 13);
  const metadata = new Metadata([["Question", "why"], ["octets-bin", octets]]);
  const call = channel.call(kinds.Unary, [1], { metadata });
  const { headers, trailers } = call;
  assert.deepEqual(await all(call.responses), [1]);
  assert.equal((await headers).get("answer"), "why");
  assert.deepEqual(new Uint8Array((await headers).get("octets-bin") as Uint8Array), octets);
  assert.equal((await trailers).get("last"), "trailer");
  assert.equal((await call.trailers).get("last"), "trailer", "and again, after the end");
});

test("`call()` ends in the server's status with its trailers", async () => {
  await using served = await serve({
    Unary: unary(() => {
      const metadata = new Metadata([["reason", "testing"]]);
      throw new RpcError("NOT_FOUND", "No such thing: naïve", { metadata });
    }),
  });
  using channel = channelTo(served);
  const call = channel.call(kinds.Unary, [1]);
  // These are not awaited, and must not be unhandled rejections.
  void call.trailers;
  const error = await failure("NOT_FOUND", all(call.responses));
  assert.equal(error.message, "No such thing: naïve");
  assert.equal(error.metadata.get("reason"), "testing");
  await failure("NOT_FOUND", call.trailers);
  await call.headers;
});

/*
 * Messages before an error were lost: grpc-js ended the call as soon as the trailers arrived, and dropped the messages
 * that the application had not read yet. One of five messages before an error was delivered.
 */
for (const pause of [0, 20]) {
  test(`\`call()\` yields the responses before an error, read every ${pause} ms`, async () => {
    await using served = await serve({
      Spread: serverStream(async function* () {
        for (let i = 1; i <= 5; i++) yield await Promise.resolve(i);
        throw new RpcError("ABORTED", "No more");
      }),
    });
    using channel = channelTo(served);
    const taken: unknown[] = [];
    const ended = (async () => {
      for await (const response of channel.call(kinds.Spread, [1]).responses) {
        taken.push(response);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    })();
    await failure("ABORTED", ended);
    assert.deepEqual(taken, [1, 2, 3, 4, 5]);
  });
}

test("`call()` for a method that the server lacks is UNIMPLEMENTED", async () => {
  await using served = await serve({ Unary: unary(() => 1) });
  using channel = channelTo(served);
  await failure("UNIMPLEMENTED", all(channel.call(kinds.Spread, [1]).responses));
});

test("`call()` ends at its deadline, for the server too", async () => {
  const left = Promise.withResolvers<void>();
  await using served = await serve({
    Unary: unary((_request, { signal }) => {
      signal.addEventListener("abort", () => left.resolve());
      return new Promise(() => {});
    }),
  });
  using channel = channelTo(served);
  await channel.connect(Date.now() + 10_000);
  const call = channel.call(kinds.Unary, [1], { deadline: Date.now() + 100 });
  await failure("DEADLINE_EXCEEDED", all(call.responses));
  await left.promise;
});

test("`call()` with a signal aborted before or later is CANCELLED, with the reason", async () => {
  await using served = await serve({ Unary: forever });
  using channel = channelTo(served);
  const before = AbortSignal.abort(new Error("Changed my mind"));
  const error = await failure(
    "CANCELLED",
    all(channel.call(kinds.Unary, [1], { signal: before }).responses),
  );
  assert.match(String(error.cause), /Changed my mind/);
  const later = new AbortController();
  const call = channel.call(kinds.Unary, [1], { signal: later.signal });
  queueMicrotask(() => later.abort());
  await failure("CANCELLED", all(call.responses));
});

test("Leaving `responses` early cancels the call on the server", async () => {
  const left = Promise.withResolvers<void>();
  await using served = await serve({
    Spread: serverStream(async function* (_request, { signal }) {
      signal.addEventListener("abort", () => left.resolve());
      yield 1;
      await left.promise;
    }),
  });
  using channel = channelTo(served);
  for await (const _ of channel.call(kinds.Spread, [1]).responses) break;
  await left.promise;
});

/** Interceptors around handlers of each kind. @module */
import assert from "node:assert/strict";
import type { AnyHandler, CallContext, Interceptor, Service } from "../../src/grpc/mod.ts";
import { intercept } from "../../src/grpc/mod.ts";

const context = {} as CallContext;

/** The order of events of the calls of one test. */
class Events {
  readonly all: string[] = [];

  /** An interceptor that records its events and passes errors on with its name. */
  interceptor(name: string, before: () => void | Promise<void> = () => {}): Interceptor {
    return {
      before: () => {
        this.all.push(`before ${name}`);
        return before();
      },
      onError: (error) => {
        this.all.push(`error ${name}`);
        return new Error(`${(error as Error).message} ${name}`);
      },
    };
  }
}

/** Intercepts one handler. */
function around(handler: unknown, ...interceptors: Interceptor[]): AnyHandler {
  const service = { definition: {}, handlers: { One: handler } } as Service;
  return intercept(service, ...interceptors).handlers.One;
}

const fails = () => {
  throw new Error("failed");
};

/** Handlers that return "done", or throw the error of `run`, by kind. */
function handlerOf(kind: AnyHandler["kind"], run: () => void): unknown {
  const answers = {
    "unary": () => (run(), "done"),
    "client-stream": () => Promise.resolve().then(() => (run(), "done")),
    "server-stream": async function* () {
      await Promise.resolve();
      run();
      yield "done";
    },
  };
  return { kind, handle: answers[kind === "bidi" ? "server-stream" : kind] };
}

/** Calls a handler of any kind, and returns its answer or the last item of its stream. */
async function call({ kind, handle }: AnyHandler): Promise<unknown> {
  const answer = handle(undefined as never, context) as unknown;
  if (kind === "unary" || kind === "client-stream") return await answer;
  let last: unknown;
  for await (const item of answer as AsyncIterable<unknown>) last = item;
  return last;
}

for (const kind of ["unary", "client-stream", "server-stream", "bidi"] as const) {
  Deno.test(`Interceptors of a ${kind} handler begin outermost and map its error innermost first`, async () => {
    const events = new Events();
    const two = [events.interceptor("outer"), events.interceptor("inner")];
    assert.equal(
      await call(around(handlerOf(kind, () => events.all.push("handle")), ...two)),
      "done",
    );
    assert.deepEqual(events.all.splice(0), ["before outer", "before inner", "handle"]);
    await assert.rejects(
      call(around(handlerOf(kind, fails), ...two)),
      /^Error: failed inner outer$/,
    );
    assert.deepEqual(events.all.slice(2), ["error inner", "error outer"]);
  });

  Deno.test(`An error of \`before\` of a ${kind} handler is mapped by its interceptor and the outer ones`, async () => {
    for (const wrong of [fails, () => Promise.resolve().then(fails)]) {
      const events = new Events();
      const intercepted = around(
        handlerOf(kind, () => events.all.push("handle")),
        events.interceptor("outer"),
        events.interceptor("middle", wrong),
        events.interceptor("inner"),
      );
      await assert.rejects(() => call(intercepted), /^Error: failed middle outer$/);
      const wanted = ["before outer", "before middle", "error middle", "error outer"];
      assert.deepEqual(events.all, wanted);
    }
  });

  Deno.test(`A ${kind} handler waits for the promises of \`before\``, async () => {
    const events = new Events();
    const waits = (name: string) => () => Promise.resolve().then(() => void events.all.push(name));
    const intercepted = around(
      handlerOf(kind, () => events.all.push("handle")),
      events.interceptor("outer", waits("outer is ready")),
      events.interceptor("inner", waits("inner is ready")),
    );
    assert.equal(await call(intercepted), "done");
    assert.deepEqual(events.all, [
      "before outer",
      "outer is ready",
      "before inner",
      "inner is ready",
      "handle",
    ]);
  });
}

Deno.test("A unary handler without promises answers at once", () => {
  const { handle } = around(handlerOf("unary", () => {}), new Events().interceptor("one"));
  assert.equal(handle(undefined as never, context), "done");
});

Deno.test("The error of a unary handler's promise is mapped", async () => {
  const rejecting = { kind: "unary", handle: () => Promise.reject(new Error("failed")) };
  const { handle } = around(rejecting, new Events().interceptor("one"));
  await assert.rejects(handle(undefined as never, context) as Promise<unknown>, /failed one$/);
});

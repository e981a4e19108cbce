/** The health service. @module */
import assert from "node:assert/strict";
import type { Service } from "../../src/grpc/service.ts";
import { StatusCode, type StatusName } from "../../src/grpc/status.ts";
import { Health, maxWatches, maxWatchesPerPeer } from "../../src/services/health.ts";

/** Calls the handler of a method as a stack does, with a request and a signal. */
function ask(
  service: Service,
  method: string,
  request: object,
  signal = new AbortController().signal,
  peerIdentity = "ip:10.0.0.5",
) {
  const { handle } = service.handlers[method] as {
    handle(request: object, context: object): unknown;
  };
  return handle(request, { signal, peerIdentity });
}

function watch(health: Health, service: string, signal?: AbortSignal, peerIdentity?: string) {
  return ask(health.service, "Watch", { service }, signal, peerIdentity) as AsyncGenerator<
    { status: string }
  >;
}

function ends(code: StatusName) {
  return (error: { code: number }) => error.code === StatusCode[code];
}

Deno.test("`Check` is SERVING for each service and the server, then NOT_SERVING", () => {
  const health = new Health(["a.B"]);
  for (const service of ["", "a.B"]) {
    assert.deepEqual(ask(health.service, "Check", { service }), { status: "SERVING" });
  }
  assert.deepEqual(ask(health.service, "Check", { service: "" }), { status: "SERVING" });
  health.drain();
  assert.deepEqual(ask(health.service, "Check", { service: "a.B" }), { status: "NOT_SERVING" });
});

Deno.test("`Check` of an unknown service is NOT_FOUND, also while draining", () => {
  const health = new Health(["a.B"]);
  assert.throws(() => ask(health.service, "Check", { service: "__proto__" }), ends("NOT_FOUND"));
  health.drain();
  assert.throws(() => ask(health.service, "Check", { service: "a.C" }), ends("NOT_FOUND"));
});

Deno.test("`List` returns the status of the server and of every service", () => {
  const health = new Health(["a.B"]);
  const list = (status: string) => ({ statuses: { "": { status }, "a.B": { status } } });
  assert.deepEqual(ask(health.service, "List", {}), list("SERVING"));
  health.drain();
  assert.deepEqual(ask(health.service, "List", {}), list("NOT_SERVING"));
});

Deno.test("`Watch` sends NOT_SERVING at a drain and then fails with UNAVAILABLE", async () => {
  const health = new Health(["a.B"]);
  const told = watch(health, "a.B");
  assert.deepEqual((await told.next()).value, { status: "SERVING" });
  const next = told.next();
  health.drain();
  assert.deepEqual((await next).value, { status: "NOT_SERVING" });
  await assert.rejects(told.next(), ends("UNAVAILABLE"));
});

Deno.test("`announceDrain()` makes all services NOT_SERVING and leaves watches open until `drain()`", async () => {
  const health = new Health(["a.B"]);
  const told = watch(health, "a.B");
  const unknown = watch(health, "a.C");
  assert.deepEqual((await told.next()).value, { status: "SERVING" });
  assert.deepEqual((await unknown.next()).value, { status: "SERVICE_UNKNOWN" });
  const next = told.next();
  const ofUnknown = unknown.next();
  health.announceDrain();
  assert.deepEqual((await next).value, { status: "NOT_SERVING" });
  assert.deepEqual(ask(health.service, "Check", { service: "" }), { status: "NOT_SERVING" });
  const late = watch(health, "");
  assert.deepEqual((await late.next()).value, { status: "NOT_SERVING" });
  const last = [told.next(), late.next(), ofUnknown];
  health.drain();
  for (const end of last) await assert.rejects(end, ends("UNAVAILABLE"));
});

Deno.test("A service that cannot do its work is NOT_SERVING, and its watches get each change", async () => {
  let usable = false;
  const health = new Health(["a.B", "c.D"], (service) => usable || service === "c.D");
  const status = (service: string) => ask(health.service, "Check", { service });
  assert.deepEqual(
    ["", "a.B", "c.D"].map(status),
    ["NOT_SERVING", "NOT_SERVING", "SERVING"].map((status) => ({ status })),
  );
  const told = watch(health, "a.B");
  assert.deepEqual((await told.next()).value, { status: "NOT_SERVING" });
  for (const expected of ["SERVING", "NOT_SERVING"]) {
    const next = told.next();
    usable = !usable;
    health.refresh();
    assert.deepEqual((await next).value, { status: expected });
  }
  // A refresh without a change sends nothing: the next status is that of the drain's end.
  const next = told.next();
  health.refresh();
  health.drain();
  await assert.rejects(next, ends("UNAVAILABLE"));
});

Deno.test("`Watch` of an unknown service sends SERVICE_UNKNOWN and stays open until the drain", async () => {
  const health = new Health([]);
  const told = watch(health, "a.B");
  assert.deepEqual((await told.next()).value, { status: "SERVICE_UNKNOWN" });
  const next = told.next();
  health.drain();
  await assert.rejects(next, ends("UNAVAILABLE"));
});

Deno.test("`Watch` that begins during a drain sends NOT_SERVING and fails with UNAVAILABLE at once", async () => {
  const health = new Health([]);
  health.drain();
  const told = watch(health, "");
  assert.deepEqual((await told.next()).value, { status: "NOT_SERVING" });
  await assert.rejects(told.next(), ends("UNAVAILABLE"));
});

Deno.test("`Watch` ends when the client cancels, before the first status or after it", async () => {
  const health = new Health([]);
  const caller = new AbortController();
  const told = watch(health, "", caller.signal);
  await told.next();
  const next = told.next();
  caller.abort();
  assert.equal((await next).done, true);
  const late = watch(health, "", caller.signal);
  await late.next();
  assert.equal((await late.next()).done, true);
});

Deno.test("10,000 peers may watch concurrently, and one more after one has left", async () => {
  const health = new Health([]);
  const of = (peer: number) => watch(health, "", undefined, `peer ${peer}`);
  const leaving = of(0);
  await leaving.next();
  for (let i = 1; i < maxWatches; i++) await of(i).next();
  await assert.rejects(of(maxWatches).next(), ends("RESOURCE_EXHAUSTED"));
  await leaving.return(undefined);
  assert.deepEqual((await of(maxWatches).next()).value, { status: "SERVING" });
});

Deno.test("A peer may have 1,000 watches, and no more than the number still free", async () => {
  const health = new Health([]);
  const of = (peer: number) => watch(health, "", undefined, `peer ${peer}`);
  // Eleven peers that open as many as they can leave one for the twelfth.
  let taken = 0;
  for (let peer = 0; peer < 11; peer++) {
    let own = 0;
    for (; own < maxWatchesPerPeer; own++) {
      try {
        await of(peer).next();
      } catch (error) {
        assert.ok(ends("RESOURCE_EXHAUSTED")(error as { code: number }));
        break;
      }
    }
    if (peer === 0) await assert.rejects(of(peer).next(), ends("RESOURCE_EXHAUSTED"));
    taken += own;
  }
  assert.ok(taken > maxWatches / 2 && taken < maxWatches, String(taken));
  assert.deepEqual((await of(11).next()).value, { status: "SERVING" });
});

import assert from "node:assert/strict";
import { RampSearch, type RampStep } from "../../src/bench/mod.ts";

/** Searches the knee of a server, given its result at each rate. */
function search(serve: (rate: number) => Partial<RampStep>, limit = 1e6): RampSearch {
  const ramp = new RampSearch(100, limit);
  for (let rate = ramp.next; rate !== undefined; rate = ramp.next) {
    const good = { rate, reached: rate, errors: 0, p50: 1e6, p99: 2e6 };
    ramp.record({ ...good, ...serve(rate) });
    assert.ok(ramp.steps.length < 100, "the search ends");
  }
  return ramp;
}

Deno.test("the knee of a server that fails above a rate is found to within a tenth", () => {
  for (const knee of [150, 1234, 98_765]) {
    const ramp = search((rate) => rate > knee ? { errors: 1 } : {});
    assert.ok(ramp.knee!.rate <= knee && ramp.knee!.rate > knee * 0.9, `${ramp.knee!.rate}`);
    assert.ok(ramp.broken! > knee);
    assert.equal(ramp.steps.find(({ strain }) => strain !== undefined)!.strain, "errors");
  }
});

Deno.test("a server that answers too few requests is beyond its knee", () => {
  const ramp = search((rate) => ({ reached: Math.min(rate, 1000) }));
  assert.ok(ramp.knee!.rate <= 1000 / 0.95);
  assert.equal(ramp.steps.find(({ strain }) => strain !== undefined)!.strain, "rate");
});

Deno.test("a server whose requests queue is beyond its knee", () => {
  const ramp = search((rate) => ({ p50: rate > 500 ? 50e6 : 1e6 }));
  assert.equal(ramp.steps.find(({ strain }) => strain !== undefined)!.strain, "latency");
});

Deno.test("a ramp of a server that keeps up ends at its limit", () => {
  const ramp = search(() => ({}), 1000);
  assert.equal(ramp.knee!.rate, 1000);
  assert.equal(ramp.broken, undefined);
});

Deno.test("a server that fails at the first step has no knee", () => {
  const ramp = search(() => ({ errors: 5 }));
  assert.equal(ramp.knee, undefined);
  assert.equal(ramp.steps.length, 1);
});

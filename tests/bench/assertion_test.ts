/** Assertions on reports. @module */
import assert from "node:assert/strict";
import { buildReport, parseAssertions } from "../../src/bench/mod.ts";
import { measured, reportWith } from "./_report.ts";

function failures(text: string, report = reportWith({ seed: 1 })): (string | undefined)[] {
  return parseAssertions(text).map((assertion) => assertion.failure(report));
}

Deno.test("a condition that holds has no failure", () => {
  assert.deepEqual(failures("p50<1ms, p99<=10ms,errors=0,errors==0,rps>1000,count>=4000,max<1s"), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("the failure of a missed condition has its text and the measured value", () => {
  const [failure] = failures("p50<100us");
  assert.match(failure!, /^p50<100us: it is 6\d\d\.\d\d µs$/);
  assert.equal(failures("rps>1e9".replace("1e9", "999999"))[0], "rps>999999: it is 2000");
});

Deno.test("errors are compared as a count or as a share of all requests", () => {
  const report = buildReport({
    ...measured({ seed: 1 }),
    outcomes: { OK: 3996, UNAVAILABLE: 4 },
  });
  assert.deepEqual(failures("errors<5,errors<0.2%", report), [undefined, undefined]);
  assert.deepEqual(failures("errors=0", report), ["errors=0: it is 4"]);
  assert.deepEqual(failures("errors<0.1%", report), ["errors<0.1%: it is 0.1 %"]);
});

Deno.test("a condition on latency is missed when no request succeeded", () => {
  const report = buildReport({ ...measured({ seed: 1, perWindow: 0 }), outcomes: { UNKNOWN: 9 } });
  assert.deepEqual(failures("p99<1s", report), ["p99<1s: there is no such figure in this run"]);
});

Deno.test("a condition on a figure that was not measured is missed", () => {
  assert.deepEqual(
    failures("server_memory<1GB", {
      ...reportWith({ seed: 1 }),
      resources: [],
    }),
    ["server_memory<1GB: there is no such figure in this run"],
  );
});

for (
  const [text, reason] of [
    ["", /Cannot read the condition ""/],
    ["p99", /Cannot read/],
    ["p99<1", /needs a number in ns, us/],
    ["p99<1%", /needs a number in/],
    ["p101<1ms", /Nothing is measured that is called "p101"/],
    ["rps>10ms", /needs a number without a unit/],
    ["constructor>1", /Nothing is measured/],
    ["errors<1ms", /needs a number, or a share/],
    ["p99<1ms,,errors=0", /Cannot read the condition ""/],
  ] as const
) {
  Deno.test(`the conditions ${JSON.stringify(text)} are refused`, () => {
    assert.throws(() => parseAssertions(text), { code: "BAD_ASSERTION", message: reason });
  });
}

import assert from "node:assert/strict";
import { formatTraceparent, parseTraceparent } from "../../src/telemetry/trace_context.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

Deno.test("`parseTraceparent()` reads the trace, the span and the flag", () => {
  const context = parseTraceparent(`00-${trace}-${span}-01`);
  assert.deepEqual(context, { traceId: trace, spanId: span, sampled: true });
  assert.equal(formatTraceparent(context!), `00-${trace}-${span}-01`);
  assert.equal(parseTraceparent(`00-${trace}-${span}-02`)?.sampled, false);
  // A later version may have more fields (section 3.2.2).
  assert.equal(parseTraceparent(`01-${trace}-${span}-01-more`)?.traceId, trace);
});

const invalid: Record<string, unknown> = {
  "no text": undefined,
  "the version ff": `ff-${trace}-${span}-01`,
  "more after version 00": `00-${trace}-${span}-01-more`,
  "upper case": `00-${trace.toUpperCase()}-${span}-01`,
  "a trace of zeros": `00-${"0".repeat(32)}-${span}-01`,
  "a span of zeros": `00-${trace}-${"0".repeat(16)}-01`,
  "a short trace": `00-${trace.slice(1)}-${span}-01`,
  "a line break at the end": `00-${trace}-${span}-01\n`,
};

for (const [what, value] of Object.entries(invalid)) {
  Deno.test(`\`parseTraceparent()\` ignores ${what}`, () => {
    assert.equal(parseTraceparent(value), undefined);
  });
}

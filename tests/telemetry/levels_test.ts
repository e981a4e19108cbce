import assert from "node:assert/strict";
import { formatLogLevels, isLogged, parseLogLevels } from "../../src/telemetry/levels.ts";

Deno.test("`parseLogLevels()` reads the level of all categories, and of some", () => {
  assert.deepEqual(parseLogLevels("error"), { others: "error", categories: {} });
  const levels = parseLogLevels("warning,requests=debug,native=error");
  assert.equal(formatLogLevels(levels), "warning,requests=debug,native=error");
  assert.ok(isLogged(levels, "requests", "debug"));
  assert.ok(!isLogged(levels, "native", "warning"));
  assert.ok(!isLogged(levels, "serve", "info"));
  assert.deepEqual(parseLogLevels("requests=debug"), {
    others: "info",
    categories: { requests: "debug" },
  });
});

for (const wrong of ["", "loud", "info,debug", "requests=loud", "rooms=debug", "a=b=c", "info,"]) {
  Deno.test(`"${wrong}" is no list of levels`, () => {
    assert.throws(() => parseLogLevels(wrong), SyntaxError);
  });
}

/** The reload of a server, without files and threads. @module */
import assert from "node:assert/strict";
import { KeyRing, KeyStore } from "../../src/crypto/mod.ts";
import { withDefaults } from "../../src/config/mod.ts";
import { serveOptions } from "../../src/cli/serve/options/mod.ts";
import { Reloader } from "../../src/cli/serve/reload.ts";
import { logger } from "../../src/telemetry/mod.ts";
import { until } from "../_support/until.ts";

Deno.test("a reload that fails in a thread is counted, and the next one is made", async () => {
  // No later reload was made, nor was this one counted: the server kept its keys until it was started again.
  const options = withDefaults(serveOptions, new Map());
  const outcomes: string[] = [];
  const ends: string[] = [];
  let publications = 0;
  using keys = new KeyRing(new KeyStore());
  using reloader = new Reloader({
    provider: {} as never,
    options,
    reread: () => Promise.resolve(options),
    hasConfigFile: true,
    keys,
    tls: undefined,
    generated: [],
    log: logger("serve"),
    publish: () =>
      ++publications === 1 ? Promise.reject(new Error("No memory")) : Promise.resolve(),
    release: () => Promise.resolve(),
    onOutcome: (outcome) => outcomes.push(outcome),
    onEnd: (status) => ends.push(status),
  });
  for (const reloads of [1, 2]) {
    reloader.request();
    await until(`reload ${reloads} has ended`, () => ends.length >= reloads);
  }
  assert.deepEqual(outcomes, ["failure", "success"]);
  assert.deepEqual(ends, ["Reload incomplete", "Serving, reloaded"]);
});

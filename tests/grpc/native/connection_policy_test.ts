/** The age of connections. @module */
import assert from "node:assert/strict";
import { ConnectionPolicy } from "../../../src/grpc/native/server/_connection_policy.ts";
import { DEFAULT_NATIVE_LIMITS } from "../../../src/grpc/native/server/limits.ts";
import { createServerConnection } from "../../../src/http2/create_connection.ts";
import { configure } from "../../../src/http2/config.ts";

const AGE_MS = 100_000;
const STEP_MS = 1_000;

Deno.test("Connections reach their age within 10 % of it, and not all at once", () => {
  const limits = { ...DEFAULT_NATIVE_LIMITS, maxConnectionAgeMs: AGE_MS };
  const ages = Array.from({ length: 200 }, () => {
    const connection = createServerConnection(configure({}), {} as never, 0);
    const policy = new ConnectionPolicy(limits, connection, 0);
    let now = 0;
    while (connection.phase.kind === "open" && now < 2 * AGE_MS) policy.tick(now += STEP_MS);
    return now;
  });
  for (const age of ages) assert.ok(age >= 0.9 * AGE_MS && age <= 1.1 * AGE_MS + STEP_MS, `${age}`);
  // 20 steps of a second: a step has 10 connections on average, and 60 are not chance.
  const counts = Map.groupBy(ages, (age) => age).values().map((same) => same.length);
  assert.ok(Math.max(...counts) < 60);
});

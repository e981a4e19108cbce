/** Rules against an evaluator that is as plain as their description, for random rules, callers and requests. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { Chance, decidePlainly, matchesPlainly } from "./_random_rules.ts";

const [test, { Access, explain, findFaults, Glob, globCovers, RateLimits }] = await gate(
  ["env", "ffi", "read", "sys"],
  async () => ({
    ...await import("../../src/access/mod.ts"),
    ...await import("../../src/access/check/mod.ts"),
    ...await import("../../src/access/check/coverage.ts"),
  }),
);

/** Policies, and for each of them callers and requests. */
const POLICIES = 300;
const CALLERS = 10;
const REQUESTS = 20;

function* cases(seed: number) {
  for (let policy = 0; policy < POLICIES; policy++) {
    const chance = new Chance(seed + policy);
    const rules = Array.from({ length: 1 + chance.below(8) }, () => chance.rule());
    for (let caller = 0; caller < CALLERS; caller++) {
      const requests = Array.from({ length: REQUESTS }, () => chance.request());
      yield { seed: seed + policy, rules, caller: chance.caller(), requests };
    }
  }
}

test("a pattern matches as a regular expression of it does", () => {
  const chance = new Chance(1);
  let matched = 0;
  for (let i = 0; i < 30_000; i++) {
    const [pattern, text, separator] = [chance.pattern(6), chance.text(6), chance.one(["/", "."])];
    const expected = matchesPlainly(pattern, text, separator);
    assert.equal(new Glob(pattern, separator).matches(text), expected, `${pattern} ${text}`);
    if (expected) matched++;
  }
  assert.ok(matched > 1_000);
});

test("permissions allow a request exactly when the plain evaluator finds a rule for it", () => {
  const metadata = new Map() as never;
  let allowed = 0;
  for (const { seed, rules, caller, requests } of cases(100)) {
    const policy = { tokens: undefined, rules, rates: RateLimits.memory(rules) };
    const permissions = new Access(policy, () => {}).permissionsOf({ caller, metadata });
    for (const request of requests) {
      const expected = decidePlainly(rules, caller, request) >= 0;
      const { operation, key, algorithm } = request;
      const actual = key === undefined
        ? permissions.allows(operation as "echo")
        : permissions.allowsKey(operation as "sign", key, algorithm);
      assert.equal(actual, expected, `seed ${seed}: ${JSON.stringify({ rules, caller, request })}`);
      if (expected) allowed++;
    }
  }
  assert.ok(allowed > 1_000);
});

test("an explanation ends with the rule that the plain evaluator finds", () => {
  for (const { rules, caller, requests } of cases(5_000)) {
    for (const request of requests.slice(0, 3)) {
      const decided = decidePlainly(rules, caller, request);
      const answers = explain(rules, caller, { algorithm: undefined, ...request });
      assert.equal(answers.length, decided < 0 ? rules.length : decided + 1);
      assert.equal(answers.at(-1)!.mismatch === undefined, decided >= 0);
    }
  }
});

test("a pattern covers another exactly when it matches all texts of the other", () => {
  const texts = [""];
  for (const text of texts) {
    if (text.length < 4) {
      texts.push(...["a", "b", "/", ".", "x"].map((character) => text + character));
    }
  }
  const chance = new Chance(7);
  let covered = 0;
  for (let i = 0; i < 3_000; i++) {
    const [outer, inner] = [new Glob(chance.pattern(3)), new Glob(chance.pattern(3))];
    const expected = texts.every((text) => outer.matches(text) || !inner.matches(text));
    assert.equal(globCovers(outer, inner), expected, `${outer.pattern} ${inner.pattern}`);
    if (expected) covered++;
  }
  assert.ok(covered > 100);
});

test("a rule that is reported as never deciding decides no request", () => {
  let reported = 0;
  for (const { rules, caller, requests } of cases(9_000)) {
    const lines = new Set(
      findFaults(rules).filter(({ message }) => message.includes("never decides"))
        .map(({ line }) => line),
    );
    // Lines are random, and two rules may have one.
    if (new Set(rules.map(({ line }) => line)).size < rules.length) continue;
    reported += lines.size;
    for (const request of requests) {
      const decided = rules[decidePlainly(rules, caller, request)];
      assert.ok(decided === undefined || !lines.has(decided.line));
    }
  }
  assert.ok(reported > 100);
});

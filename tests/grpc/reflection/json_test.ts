/**
 * Messages and their JSON against Python's protobuf (testdata/expected.py). In an earlier implementation a field named
 * `constructor` was sent as the source of a function, groups were sent as length-delimited, NullValue in a oneof was
 * dropped, Int64Value 0 printed a number, -0 lost its sign, a float printed the digits of a double, 30 February became
 * 1 March, 1e400 became Infinity, and Any, Struct, Value, ListValue and FieldMask were refused.
 *
 * @module
 */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";

const [test, { reflection, odd }] = await gate(["read", "env", "sys"], async () => ({
  reflection: await import("../../../src/grpc/reflection/mod.ts"),
  odd: await import("./_odd.ts"),
}));

interface Expected {
  readonly type: string;
  readonly bytes: string;
  readonly printed: string;
}

interface Case extends Partial<Expected> {
  readonly type: string;
  readonly json: string;
  readonly refused?: true;
}

function expected(): { cases: Case[]; random: Expected[] } {
  const all = JSON.parse(Deno.readTextFileSync(`${odd.oddFolder}/expected.json`));
  assert.ok(all.cases.length > 50 && all.random.length > 100);
  return all;
}

/** Normalizes JSON so that equivalent texts are equal: keys are sorted, and -0 differs from 0. */
function normal(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value) => {
    if (Object.is(value, -0)) return "the number -0";
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
  });
}

test("JSON is read and refused as by Python", () => {
  const { registry } = odd.oddSchema();
  for (const { type, json, refused, bytes, printed } of expected().cases) {
    const message = registry.getMessage(type)!;
    const read = () => toBinary(message, reflection.messageFromJson(registry, message, json));
    if (refused) {
      assert.throws(read, `${json} was not refused`);
      continue;
    }
    const encoded = read();
    const again = fromBinary(message, encoded);
    const theirs = fromBinary(message, Uint8Array.fromHex(bytes!));
    // The order of a map's entries is free, so the messages are compared by their JSON and size.
    assert.equal(encoded.length, bytes!.length / 2, json);
    for (const each of [again, theirs]) {
      assert.equal(
        normal(reflection.messageToJson(registry, message, each)),
        normal(printed!),
        json,
      );
    }
  }
});

test("random messages are printed in the JSON of Python, and read from it", () => {
  const { registry } = odd.oddSchema();
  for (const { type, bytes, printed } of expected().random) {
    const message = registry.getMessage(type)!;
    const theirs = fromBinary(message, Uint8Array.fromHex(bytes));
    const json = reflection.messageToJson(registry, message, theirs);
    assert.equal(normal(json), normal(printed), bytes);
    const read = reflection.messageFromJson(registry, message, printed);
    assert.equal(
      normal(reflection.messageToJson(registry, message, read)),
      normal(printed),
      printed,
    );
  }
});

function refusal(json: string, type = "odd.v3.Odd"): string {
  const { registry } = odd.oddSchema();
  try {
    reflection.messageFromJson(registry, registry.getMessage(type)!, json);
  } catch (error) {
    assert.ok(error instanceof reflection.ReflectionError);
    assert.equal(error.code, "BAD_JSON");
    return error.message;
  }
  return assert.fail(`${json} was taken`);
}

test("the error of an invalid value names the field and the fault", () => {
  const cases: [json: string, message: RegExp][] = [
    ['{"nope": 1}', /^nope is no field of odd\.v3\.Odd: its fields are constructor, toString, /],
    ['{"odds": [{}, {"nope": 1}]}', /^odds\[1\]\.nope is no field of odd\.v3\.Odd/],
    ['{"om": {"1": {"nope": 1}}}', /^om\.1\.nope is no field/],
    ['{"at": "2020-02-30T00:00:00Z"}', /^at is not a time that exists: 2020-02-30T00:00:00Z$/],
    ['{"i32": "x"}', /^odd\.v3\.Odd\.i32: expected number \(int32\)/],
    ['{"i32": 1, "i32": 2}', /duplicate object key "i32"/],
    ['{"d": 1e400}', /^odd\.v3\.Odd\.d: unexpected infinite number$/],
    ['{"number": 1, "third": 1}', /^oneof odd\.v3\.Odd\.pick: /],
  ];
  for (const [json, message] of cases) assert.match(refusal(json), message);
});

test("JSON nested deeper than 100 levels is refused", () => {
  assert.match(refusal(`${'{"odds":[{'.repeat(60)}${"}]}".repeat(60)}`.replace("{{", "{")), /./);
  assert.match(
    refusal(`${'{"odds":['.repeat(101)}{}${"]}".repeat(101)}`),
    /recursion depth of 100/,
  );
});

test("an Any of unknown type is printed with `@error` in place of its content", () => {
  const { registry } = odd.oddSchema();
  const type = registry.getMessage("odd.v3.Odd")!;
  // any { type_url: "x/no.Such" value: "\010\001" }
  const message = fromBinary(type, Uint8Array.fromHex("7a0f0a09782f6e6f2e5375636812020801"));
  assert.deepEqual(JSON.parse(reflection.messageToJson(registry, type, message)), {
    any: {
      "@type": "x/no.Such",
      "@error": "The type is not known, so its content cannot be shown",
    },
  });
});

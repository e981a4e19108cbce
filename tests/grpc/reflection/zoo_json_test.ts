/** JSON of messages with every kind of field. @module */
import type { DescMethod } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";

const [test, { reflection, zoo }] = await gate(["read", "env", "sys"], async () => ({
  reflection: await import("../../../src/grpc/reflection/mod.ts"),
  zoo: await import("./_zoo.ts"),
}));

/** Converts JSON to a serialized message and back. */
function roundTrip(value: unknown): unknown {
  const schema = zoo.zooSchema();
  const method = schema.find("zoo.v1.Keeper.Feed") as DescMethod;
  const { requestSerialize, requestDeserialize } = reflection.callable(method);
  const { registry } = schema;
  const request = reflection.messageFromJson(registry, method.input, JSON.stringify(value));
  const message = requestDeserialize(requestSerialize(request));
  return JSON.parse(reflection.messageToJson(registry, method.input, message));
}

function refusal(value: unknown): string {
  try {
    roundTrip(value);
  } catch (error) {
    assert.ok(error instanceof reflection.ReflectionError, String(error));
    assert.equal(error.code, "BAD_JSON");
    return error.message;
  }
  return assert.fail(`${JSON.stringify(value)} was taken`);
}

test("every kind of field survives a round trip through the wire format", () => {
  const animal = {
    commonName: "Okapi",
    legs: -4,
    age: "-9223372036854775808",
    stars: "18446744073709551615",
    weight: 250.5,
    speed: "Infinity",
    tame: true,
    asleep: false,
    photo: "AAH+/w==",
    diet: "PLANTS",
    diets: ["MEAT", "PLANTS"],
    young: [{ commonName: "Calf" }, {}],
    counts: { horns: 2, "": 1 },
    byNumber: { "-7": { commonName: "Seven" } },
    answers: { true: "yes", false: "no" },
    cage: { number: -1 },
    otherCage: {},
    born: "2020-02-29T12:00:00.500Z",
    nap: "-1.000000001s",
    nick: "Okki",
    serial: "12",
    tag: 4294967295,
  };
  assert.deepEqual(roundTrip(animal), animal);
});

test("fields are read by their names in the `.proto` file or in lower camel case", () => {
  assert.deepEqual(roundTrip({ common_name: "a" }), { commonName: "a" });
  assert.match(refusal({ common_name: "a", commonName: "b" }), /common_name: set multiple times$/);
});

test("values are read in the alternative forms of ProtoJSON", () => {
  assert.deepEqual(
    roundTrip({
      age: 7,
      legs: "3",
      photo: "_-8",
      diet: 2,
      born: "2020-01-01T01:00:00+01:00",
      weight: "-1.5e3",
    }),
    {
      age: "7",
      legs: 3,
      photo: "/+8=",
      diet: "MEAT",
      born: "2020-01-01T00:00:00Z",
      weight: -1500,
    },
  );
});

test("an enum number without a name stays a number", () => {
  assert.deepEqual(roundTrip({ diet: 42 }), { diet: 42 });
});

test("null is unset", () => {
  assert.deepEqual(roundTrip({ commonName: null, cage: null, young: null }), {});
});

test("a key of a map may be `__proto__`", () => {
  const json = JSON.stringify(roundTrip(JSON.parse('{"counts": {"__proto__": 1}}')));
  assert.equal(json, '{"counts":{"__proto__":1}}');
});

test("the error of a value of a wrong type names the field", () => {
  const cases: [value: unknown, message: RegExp][] = [
    [[], /^message zoo\.v1\.Animal: Array\(0\)$/],
    [{ colour: 1 }, /^colour is no field of zoo\.v1\.Animal: its fields are commonName, legs, /],
    [{ young: [{}, { legs: "four" }] }, /\.legs: expected number \(int32\)/],
    [{ legs: 1.5 }, /\.legs: expected number \(int32\)/],
    [{ legs: 2 ** 31 }, /\.legs: .* out of range$/],
    [{ tag: -1 }, /\.tag: .* out of range$/],
    [{ age: "9223372036854775808" }, /\.age: .* out of range$/],
    [{ stars: "-1" }, /\.stars: .* out of range$/],
    [{ weight: "heavy" }, /\.weight: expected number/],
    [{ tame: "yes" }, /\.tame: expected boolean/],
    [{ commonName: 1 }, /\.common_name: expected string/],
    [{ young: [{ commonName: "\ud800" }] }, /^young\[0\]\.commonName is not Unicode text$/],
    [{ photo: "a" }, /\.photo: /],
    [{ photo: "a!b=" }, /\.photo: /],
    [
      { diet: "FISH" },
      /^"FISH" is no value of zoo\.v1\.Diet: its values are DIET_UNSPECIFIED, PLANTS, MEAT$/,
    ],
    [{ diet: 2 ** 31 }, /\.diet: /],
    [{ diets: "MEAT" }, /\.diets: expected Array/],
    [{ diets: [null] }, /\.diets: list item must not be null$/],
    [{ counts: { a: "b" } }, /\.counts: /],
    [{ counts: [] }, /\.counts: expected object/],
    [{ byNumber: { one: {} } }, /\.by_number: invalid map key/],
    [{ answers: { maybe: "" } }, /\.answers: invalid map key/],
    [{ cage: 1 }, /^message zoo\.v1\.Animal\.Cage: 1$/],
    [{ field: "a", otherCage: {} }, /^oneof zoo\.v1\.Animal\.home: /],
    [{ born: "yesterday" }, /^message google\.protobuf\.Timestamp: /],
    [{ born: "2020-13-01T00:00:00Z" }, /^born is not a time that exists/],
    [{ nap: "1m" }, /^message google\.protobuf\.Duration: /],
    [{ nap: "315576000001s" }, /^message google\.protobuf\.Duration: /],
    [{ nick: 1 }, /StringValue\.value: expected string/],
    [{ extra: { "@type": "x" } }, /Any/],
  ];
  for (const [value, message] of cases) assert.match(refusal(value), message);
});

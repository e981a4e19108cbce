import assert from "node:assert/strict";
import { CliError } from "../../../src/cli/exit.ts";
import { gate } from "../../_support/gate.ts";

const [test, { json, zoo }] = await gate(["read", "env", "sys"], async () => ({
  json: await import("../../../src/cli/call/json.ts"),
  zoo: await import("./_zoo.ts"),
}));

/** What a server would get of some JSON, and what it would answer as JSON. */
function roundTrip(value: unknown): unknown {
  const schema = zoo.zooSchema();
  const method = schema.find("zoo.v1.Keeper.Feed");
  assert.equal(method?.kind, "method");
  const { requestSerialize, requestDeserialize } = schema.callable(method);
  const bytes = requestSerialize(json.messageFromJson(schema, "zoo.v1.Animal", value));
  return json.messageToJson(schema, "zoo.v1.Animal", requestDeserialize(bytes));
}

function refusal(value: unknown): string {
  let refused: unknown;
  try {
    roundTrip(value);
  } catch (error) {
    refused = error;
  }
  assert(refused instanceof CliError, `${JSON.stringify(value)} was taken`);
  assert.equal(refused.exitCode, 2);
  return refused.message;
}

test("every kind of field survives the way to the wire and back", () => {
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

test("fields have their names of the `.proto` file or in lower camel case", () => {
  assert.deepEqual(roundTrip({ common_name: "a" }), { commonName: "a" });
  assert.equal(refusal({ common_name: "a", commonName: "b" }), "commonName is given twice");
});

test("values have the other forms that ProtoJSON reads", () => {
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

test("what does not fit is refused with its path", () => {
  const cases: [value: unknown, message: RegExp][] = [
    [[], /^The request must be an object$/],
    [{ colour: 1 }, /^colour is no field of zoo\.v1\.Animal: its fields are commonName, legs, /],
    [{ young: [{}, { legs: "four" }] }, /^young\[1\]\.legs must be an integer from -2147483648/],
    [{ legs: 1.5 }, /^legs must be an integer/],
    [{ legs: 2 ** 31 }, /^legs must be an integer from -2147483648 to 2147483647$/],
    [{ tag: -1 }, /^tag must be an integer from 0 to 4294967295$/],
    [{ age: 2 ** 53 }, /^age must be written as a string/],
    [{ age: "9223372036854775808" }, /^age must be an integer/],
    [{ stars: "-1" }, /^stars must be an integer from 0 to/],
    [{ weight: "heavy" }, /^weight must be a number/],
    [{ tame: "yes" }, /^tame must be true or false$/],
    [{ commonName: 1 }, /^commonName must be a string of Unicode text$/],
    [{ commonName: "\ud800" }, /^commonName must be a string of Unicode text$/],
    [{ photo: "a" }, /^photo must be a string of base64$/],
    [{ photo: "a b=" }, /^photo must be a string of base64$/],
    [{ diet: "FISH" }, /^diet must be one of DIET_UNSPECIFIED, PLANTS, MEAT$/],
    [{ diet: 2 ** 31 }, /^diet must be one of/],
    [{ diets: "MEAT" }, /^diets must be an array$/],
    [{ diets: [null] }, /^diets\[0\] must be one of/],
    [{ counts: { a: "b" } }, /^counts\.a must be an integer/],
    [{ counts: [] }, /^counts must be an object$/],
    [{ byNumber: { one: {} } }, /^byNumber\.one must be an integer/],
    [{ answers: { maybe: "" } }, /^answers\.maybe must be true or false$/],
    [{ cage: 1 }, /^cage must be an object$/],
    [{ field: "a", otherCage: {} }, /^otherCage cannot be given with field: they are one of home$/],
    [{ born: "yesterday" }, /^born must be a time such as/],
    [{ born: "2020-13-01T00:00:00Z" }, /^born must be a time such as/],
    [{ nap: "1m" }, /^nap must be a duration in seconds such as 1\.5s$/],
    [{ nap: "315576000001s" }, /^nap must be a duration/],
    [{ nick: 1 }, /^nick must be a string/],
    [{ extra: { "@type": "x" } }, /^extra is a google\.protobuf\.Any, whose JSON form/],
  ];
  for (const [value, message] of cases) assert.match(refusal(value), message);
});

test("JSON over 100 levels deep is refused", () => {
  let deep: unknown = {};
  for (let level = 0; level < 60; level++) deep = { young: [deep] };
  assert.match(refusal(deep), / is over 100 levels deep$/);
});

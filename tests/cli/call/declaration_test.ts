/** Declarations as `call describe` prints them. @module */
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";

const [test, { declarationOf, zooSchema }] = await gate(["read", "env", "sys"], async () => ({
  declarationOf: (await import("../../../src/cli/call/declaration.ts")).declarationOf,
  zooSchema: (await import("../../grpc/reflection/_zoo.ts")).zooSchema,
}));

function declaration(symbol: string): string {
  return declarationOf(zooSchema().find(symbol)!).map((line) => `${line}\n`).join("");
}

test("`declarationOf()` prints a message with every kind of member", () => {
  assert.equal(
    declaration("zoo.v1.Animal"),
    `zoo.v1.Animal is a message:
message Animal {
  string common_name = 1;
  int32 legs = 2;
  int64 age = 3;
  uint64 stars = 4;
  double weight = 5;
  float speed = 6;
  bool tame = 7;
  optional bool asleep = 8;
  bytes photo = 9;
  .zoo.v1.Diet diet = 10;
  repeated .zoo.v1.Diet diets = 11;
  repeated .zoo.v1.Animal young = 12;
  map<string, int32> counts = 13;
  map<int64, .zoo.v1.Animal> by_number = 14;
  map<bool, string> answers = 15;
  .zoo.v1.Animal.Cage cage = 16;
  oneof home {
    string field = 17;
    .zoo.v1.Animal.Cage other_cage = 18;
  }
  .google.protobuf.Timestamp born = 19;
  .google.protobuf.Duration nap = 20;
  .google.protobuf.StringValue nick = 21;
  .google.protobuf.Int64Value serial = 22;
  .google.protobuf.Any extra = 23;
  uint32 tag = 24;
  message Cage {
    sfixed32 number = 1;
  }
}
`,
  );
});

test("`declarationOf()` prints an enum, a service and a method", () => {
  assert.equal(
    declaration("zoo.v1.Diet"),
    `zoo.v1.Diet is an enum:
enum Diet {
  DIET_UNSPECIFIED = 0;
  PLANTS = 1;
  MEAT = 2;
}
`,
  );
  assert.equal(
    declaration("zoo.v1.Keeper"),
    `zoo.v1.Keeper is a service:
service Keeper {
  rpc Feed(.zoo.v1.Animal) returns (.zoo.v1.Animal);
  rpc Parade(stream .zoo.v1.Animal) returns (stream .zoo.v1.Animal);
}
`,
  );
  assert.equal(
    declaration("zoo.v1.Keeper.Feed"),
    `zoo.v1.Keeper.Feed is a method:
rpc Feed(.zoo.v1.Animal) returns (.zoo.v1.Animal);
`,
  );
});

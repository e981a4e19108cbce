/** Our codecs against protobufjs. @module */
import assert from "node:assert/strict";
import { ProtobufError, type ProtobufErrorCode } from "../../src/protobuf/mod.ts";
import { gate } from "../_support/gate.ts";
import { mutate } from "../fuzz/mutations.ts";
import { generator } from "../http2/_random.ts";
import { codecs } from "./_codecs.ts";

const [test, { messages, randomMessage, differences }] = await gate(
  ["read", "env", "sys"],
  async () => ({
    messages: (await import("./_official.ts")).officialMessages(),
    randomMessage: (await import("./_random_messages.ts")).randomMessage,
    differences: (await import("./_differences.ts")).differences,
  }),
);

const ROUNDS = 300;

/** The errors of our codec for messages that protobufjs may accept: it truncates strings, and checks less. */
const stricter: readonly ProtobufErrorCode[] = [
  "TRUNCATED",
  "INVALID_TAG",
  "INVALID_VARINT",
  "INVALID_UTF8",
];

/** Returns the result of a decoder, or the error that it throws. */
function outcome(decode: () => object): { got?: object; error?: unknown } {
  try {
    return { got: decode() };
  } catch (error) {
    return { error };
  }
}

test("Every message of proto/ has a codec", () => {
  assert.deepEqual([...codecs.keys()].sort(), [...messages.keys()].sort());
});

test("Our codecs and protobufjs decode each other's messages to equal values", () => {
  assert.ok(messages.size > 0);
  for (const [name, { type, serialize, deserialize }] of messages) {
    const codec = codecs.get(name)!;
    const random = generator(1);
    for (let round = 0; round < ROUNDS; round++) {
      const message = randomMessage(type, random);
      const theirs = serialize(message);
      const wanted = deserialize(theirs);
      assert.deepEqual(codec.decode(theirs), wanted, name);
      const ours = codec.encode(message);
      assert.ok(ours.length <= theirs.length);
      assert.deepEqual(deserialize(ours), wanted, name);
      assert.deepEqual(codec.decode(ours), wanted, name);
    }
  }
});

test("Our codecs and protobufjs decode mutated messages alike, except for the known differences", () => {
  const counts = { alike: 0, refused: 0, stricter: 0, known: 0 };
  for (const [name, { type, serialize, deserialize }] of messages) {
    const codec = codecs.get(name)!;
    const random = generator(2);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = Buffer.from(mutate(serialize(randomMessage(type, random)), random));
      const ours = outcome(() => codec.decode(bytes));
      const theirs = outcome(() => deserialize(bytes));
      const where = `${name} ${bytes.toHex()}`;
      if (ours.error !== undefined) {
        assert.ok(ours.error instanceof ProtobufError, where);
        if (theirs.error === undefined) assert.ok(stricter.includes(ours.error.code), where);
        counts[theirs.error === undefined ? "stricter" : "refused"]++;
      } else if (differences(type, bytes).size > 0) {
        counts.known++;
      } else {
        assert.equal(theirs.error, undefined, where);
        assert.deepEqual(ours.got, theirs.got, where);
        counts.alike++;
      }
    }
  }
  // Otherwise nothing would be compared.
  const least = messages.size * ROUNDS / 50;
  assert.ok(counts.alike > 10 * least && counts.refused > least, JSON.stringify(counts));
});

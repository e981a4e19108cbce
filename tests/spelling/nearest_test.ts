import assert from "node:assert/strict";
import { nearest } from "../../src/spelling/nearest.ts";

const verbs = ["echo", "sign", "verify", "keys", "public-key"];

Deno.test("`nearest()` finds the most similar word", () => {
  assert.equal(nearest("ehco", verbs), "echo");
  assert.equal(nearest("sgin", verbs), "sign");
  assert.equal(nearest("key", verbs), "keys");
  assert.equal(nearest("publickey", verbs), "public-key");
});

Deno.test("`nearest()` returns undefined when no word is similar", () => {
  assert.equal(nearest("hello", verbs), undefined);
  assert.equal(nearest("", verbs), undefined);
  assert.equal(nearest("x", []), undefined);
});

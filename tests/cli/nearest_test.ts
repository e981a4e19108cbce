import assert from "node:assert/strict";
import { nearest } from "../../src/cli/nearest.ts";

const verbs = ["echo", "sign", "verify", "keys", "public-key"];

Deno.test("`nearest()` finds the word that was meant", () => {
  assert.equal(nearest("ehco", verbs), "echo");
  assert.equal(nearest("sgin", verbs), "sign");
  assert.equal(nearest("key", verbs), "keys");
  assert.equal(nearest("publickey", verbs), "public-key");
});

Deno.test("`nearest()` finds none where nothing is near", () => {
  assert.equal(nearest("hello", verbs), undefined);
  assert.equal(nearest("", verbs), undefined);
  assert.equal(nearest("x", []), undefined);
});

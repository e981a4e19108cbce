/** Files of tokens and rules: what they mean, and where their faults are. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { formatTokenLine, hashToken, readRules, readTokens }] = await gate(
  ["env", "ffi", "read", "sys"],
  async () => ({
    ...await import("../../src/access/mod.ts"),
    ...await import("../../src/access/files/mod.ts"),
  }),
);

const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const other = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

test("a line of a token file has a name, a hash and dates", () => {
  const text = `# comment\n\n  deploy sha256:${hash} expires=2027-01-01  \r\n` +
    `deploy sha256:${other.toUpperCase()} not-before=2026-01-01T12:00:00+02:00\n`;
  assert.deepEqual(readTokens(text, "tokens"), [
    {
      name: "deploy",
      hash: Uint8Array.fromHex(hash),
      notBefore: undefined,
      expires: Date.UTC(2027, 0, 1),
    },
    {
      name: "deploy",
      hash: Uint8Array.fromHex(other),
      notBefore: Date.UTC(2026, 0, 1, 10),
      expires: undefined,
    },
  ]);
});

test("a line that is written is read as it was", () => {
  const entry = {
    name: "a/b",
    hash: hashToken("secret"),
    notBefore: Date.UTC(2026, 1, 3, 4, 5, 6),
    expires: Date.UTC(2028, 1, 3),
  };
  assert.deepEqual(readTokens(formatTokenLine(entry), "tokens"), [entry]);
});

const badTokens: Record<string, [text: string, message: RegExp]> = {
  "a token in place of its hash": ["deploy signer_secret", /^t:1: deploy needs a hash/],
  "a short hash": [`deploy sha256:${hash.slice(2)}`, /^t:1: deploy needs a hash/],
  "a name with other characters": [`dep(loy sha256:${hash}`, /^t:1: a name has 1 to 128/],
  "a date that is none": [`deploy sha256:${hash} expires=2027-13-01`, /^t:1: .*expires=DATE/],
  "a time without an offset": [`a sha256:${hash} expires=2027-01-01T00:00:00`, /expires=DATE/],
  "a word that is not known": [`deploy sha256:${hash} admin`, /^t:1: deploy may have/],
  "dates in the wrong order": [
    `a sha256:${hash} not-before=2027-01-02 expires=2027-01-01`,
    /^t:1: a expires before it is valid/,
  ],
  "a hash on two lines": [`a sha256:${hash}\n\nb sha256:${hash}`, /^t:3: .*on line 1 as well/],
  "too many tokens": [
    Array.from({ length: 1_001 }, (_, i) => `a sha256:${i.toString(16).padStart(64, "0")}`)
      .join("\n"),
    /more than 1000 tokens/,
  ],
};

for (const [fault, [text, message]] of Object.entries(badTokens)) {
  test(`a token file with ${fault} is refused, and the message has no token`, () => {
    assert.throws(() => readTokens(text, "t"), (error: Error & { code: string }) => {
      assert.equal(error.code, "BAD_TOKENS");
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}

test("a rule has callers, keys, operations, algorithms and a rate", () => {
  const text = `
rules:
  - name: releases
    who:
      - {token: deploy, uid: 1000}
      - dns: "*.CI.example.org"
    keys: ["release-*", other]
    operations: [sign, public-key]
    algorithms: ED25519
    rate: {limit: 600/m, burst: 30}
  - who: anyone
    operations: echo
    rate: 1/h
`;
  const [releases, echo] = readRules(text, "r");
  assert.deepEqual(releases, {
    name: "releases",
    line: 3,
    who: [{ token: "deploy", uid: 1000 }, { dns: "*.ci.example.org" }],
    keys: ["release-*", "other"],
    operations: ["sign", "public-key"],
    algorithms: ["ED25519"],
    rate: { perSecond: 10, burst: 30 },
  });
  assert.deepEqual(echo!.who, [{ anyone: true }]);
  assert.deepEqual(echo!.keys, []);
  assert.deepEqual(echo!.rate, { perSecond: 1 / 3_600, burst: 1 });
});

test("a rule without operations is for all of them; a file without rules allows nothing", () => {
  assert.equal(readRules("rules: [{who: anyone, keys: a}]", "r")[0]!.operations.length, 7);
  assert.deepEqual(readRules("rules: []", "r"), []);
});

const badRules: Record<string, [text: string, message: RegExp]> = {
  "an unknown key": [
    "rules:\n  - whom: anyone\n",
    /^r:2:5: "whom" is no key here: did you mean who\?/,
  ],
  "an unknown key at the top": [
    "rule: []\n",
    /^r:1:1: "rule" is no key here: did you mean rules\?/,
  ],
  "no callers": ["rules:\n  - keys: a\n", /^r:2:5: A rule needs who/],
  "an empty list of callers": ["rules:\n  - who: []\n", /^r:2:10: The list is empty/],
  "a caller without a property": ["rules: [{who: {}}]", /A caller needs a property/],
  "a caller that is a word": ["rules: [{who: everyone}]", /"everyone" is not known here/],
  "a number for a name": ["rules: [{who: {token: 7}}]", /^r:1:23: .*text is expected/],
  "a name for a number": ["rules: [{who: {uid: root}}]", /^r:1:21: .*whole number/],
  "a uid over 32 bits": ["rules: [{who: {uid: 4294967296}}]", /from 0 to 4294967295/],
  "an unknown operation": [
    "rules: [{who: anyone, operations: [sing]}]",
    /"sing" is not known here: did you mean sign\?/,
  ],
  "an unknown algorithm": ["rules: [{who: anyone, algorithms: RS256}]", /"RS256" is not known/],
  "a rate of none": ["rules: [{who: anyone, rate: 0/s}]", /A rate is a number/],
  "a rate without a time": ["rules: [{who: anyone, rate: 10}]", /A mapping is expected here/],
  "a SPIFFE ID of another scheme": [
    "rules: [{who: {spiffe: 'https://a'}}]",
    /A SPIFFE ID begins with spiffe:\/\//,
  ],
  "a key that comes twice": ["rules:\n  - who: anyone\n    who: {uid: 1}\n", /^r:3:5: /],
  "an alias": ["rules: [{who: &a anyone, keys: *a}]", /^r:1:\d+: An a(nchor|lias) cannot be used/],
  "a tag": ["rules: !x []", /^r:1:\d+: /],
  "a second document": ["rules: []\n---\nrules: []\n", /^r:\d+:\d+: /],
  "broken YAML": ["rules:\n  - who: [anyone\n", /^r:\d+:\d+: /],
  "a list at the top": ["- who: anyone\n", /^r:1:1: A mapping is expected here, with rules/],
  "no content": ["# nothing\n", /^r:1:1: A mapping is expected here/],
  "a long pattern": [`rules: [{who: anyone, keys: "${"a".repeat(257)}"}]`, /1 to 256 characters/],
};

for (const [fault, [text, message]] of Object.entries(badRules)) {
  test(`a rules file with ${fault} is refused with its place`, () => {
    assert.throws(() => readRules(text, "r"), (error: Error & { code: string }) => {
      assert.equal(error.code, "BAD_RULES", error.message);
      assert.match(error.message, message);
      return true;
    });
  });
}

/** The signing service. @module */
import assert from "node:assert/strict";
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type {
  ListKeysResponse,
  SignBatchResponse,
  SignResponse,
  SignResult,
  VerifyResponse,
} from "../../src/api/mod.ts";
import { algorithms } from "../../src/crypto/algorithms/mod.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { Served }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_served.ts"),
);
const test = onEachStack(gated);

const message = Buffer.from("to be signed");

test("`Verify` accepts the signatures of `Sign` of a message and of its digest, for every key and algorithm", async (stack) => {
  await using served = await Served.start(stack);
  const { keys } = await served.call<ListKeysResponse>("signing.ListKeys", {});
  assert.deepEqual(keys?.map(({ keyId }) => keyId), [
    "rsa-2048",
    "ecdsa-p256",
    "ecdsa-p384",
    "ed25519",
  ]);
  let signatures = 0;
  for (const { keyId, algorithms: fitting } of keys ?? []) {
    for (const algorithm of fitting ?? []) {
      const { hash } = algorithms.find(({ name }) => name === algorithm)!;
      const digest = hash && createHash(hash).update(message).digest();
      for (const input of [{ message }, ...digest ? [{ digest }] : []]) {
        const asked = { keyId, algorithm, ...input };
        const signed = await served.call<SignResponse>("signing.Sign", asked);
        assert.deepEqual([signed.keyId, signed.algorithm], [keyId, algorithm]);
        const { signature } = signed;
        const verdict = await served.call<VerifyResponse>("signing.Verify", {
          keyId,
          algorithm,
          message,
          signature,
        });
        assert.equal(verdict.valid, true, `${keyId} ${algorithm}`);
        signatures++;
      }
    }
  }
  assert.equal(signatures, 6 * 2 + 3 * 2 + 3 * 2 + 1);
});

test("`Verify` returns false for another message, another key's signature and a truncated one", async (stack) => {
  await using served = await Served.start(stack);
  const keyId = "ecdsa-p256";
  const { signature } = await served.call<SignResponse>("signing.Sign", { keyId, message });
  const wrong = [
    { keyId, message: Buffer.from("another"), signature },
    { keyId, message, signature: (signature as Uint8Array).subarray(0, 20) },
    { keyId, message, signature, signatureFormat: "SIGNATURE_FORMAT_P1363" },
    { keyId: "rsa-2048", message, signature },
  ];
  for (const request of wrong) {
    const { valid } = await served.call<VerifyResponse>("signing.Verify", request);
    assert.equal(valid, false);
  }
});

test("`Sign` by key type uses the default key and its default algorithm", async (stack) => {
  await using served = await Served.start(stack);
  const signed = await served.call<SignResponse>("signing.Sign", {
    keyType: "KEY_TYPE_ECDSA_P384",
    message: Buffer.alloc(0),
  });
  assert.deepEqual([signed.keyId, signed.algorithm], ["ecdsa-p384", "ECDSA_SHA_384"]);
});

test("`Sign` in P1363 returns the two integers concatenated", async (stack) => {
  await using served = await Served.start(stack);
  const { signature } = await served.call<SignResponse>("signing.Sign", {
    keyId: "ecdsa-p384",
    message,
    signatureFormat: "SIGNATURE_FORMAT_P1363",
  });
  assert.equal((signature as Uint8Array).length, 96);
});

test("`GetPublicKey` returns the same key in PEM, DER and JWK, and it verifies signatures of `Sign`", async (stack) => {
  await using served = await Served.start(stack);
  const keyId = "ecdsa-p256";
  const { signature } = await served.call<SignResponse>("signing.Sign", { keyId, message });
  type Answer = { pem?: string; der?: Uint8Array; jwk?: string };
  const readers: [string, (answer: Answer) => KeyObject][] = [
    ["PUBLIC_KEY_FORMAT_UNSPECIFIED", ({ pem }) => createPublicKey(pem!)],
    ["PUBLIC_KEY_FORMAT_PEM", ({ pem }) => createPublicKey(pem!)],
    [
      "PUBLIC_KEY_FORMAT_DER",
      ({ der }) => createPublicKey({ key: Buffer.from(der!), format: "der", type: "spki" }),
    ],
    [
      "PUBLIC_KEY_FORMAT_JWK",
      ({ jwk }) => createPublicKey({ key: JSON.parse(jwk!), format: "jwk" }),
    ],
  ];
  for (const [format, read] of readers) {
    const answer = await served.call<Answer>("signing.GetPublicKey", { keyId, format });
    const key = read(answer);
    assert.equal(verify("sha256", message, key, signature as Uint8Array), true, format);
  }
});

test("`SignBatch` returns a result for each request, in their order", async (stack) => {
  await using served = await Served.start(stack);
  const good = { keyId: "ed25519", message };
  const { results } = await served.call<SignBatchResponse>("signing.SignBatch", {
    requests: [good, { keyId: "nobody", message }, { keyId: "ed25519" }, good],
  });
  assert.deepEqual(results?.map(({ response, error }) => response?.keyId ?? error?.code), [
    "ed25519",
    5,
    3,
    "ed25519",
  ]);
  assert.deepEqual(results?.[0]?.response?.signature, results?.[3]?.response?.signature);
});

test("`SignBatch` of no requests returns no results, and of 1,024 requests all", async (stack) => {
  await using served = await Served.start(stack);
  for (const count of [0, 1024]) {
    const { results } = await served.call<SignBatchResponse>("signing.SignBatch", {
      requests: Array(count).fill({ keyId: "ecdsa-p256", message }),
    });
    assert.equal(results?.filter(({ response }) => response).length, count);
  }
});

test("`SignStream` answers in order, and goes on after a request that fails", async (stack) => {
  await using served = await Served.start(stack);
  const requests = Array.from({ length: 200 }, (_, at) => ({
    keyId: at % 10 === 7 ? `no-${at}` : at % 2 ? "ed25519" : "ecdsa-p256",
    message: Buffer.from(`${at}`),
  }));
  const results: SignResult[] = [];
  for await (const result of served.open<SignResult>("signing.SignStream", requests).responses) {
    results.push(result);
  }
  assert.deepEqual(
    results.map(({ response, error }) => response?.keyId ?? error?.message),
    requests.map(({ keyId }) =>
      keyId.startsWith("no-")
        ? `There is no key with the id ${keyId}: list the keys to see which there are`
        : keyId
    ),
  );
});

test("`SignStream` reads requests no faster than the client reads results", async (stack) => {
  await using served = await Served.start(stack);
  let sent = 0;
  const requests = function* () {
    for (; sent < 20_000; sent++) yield { keyId: "ed25519", message: Buffer.alloc(1024) };
  };
  const responses = served.open<SignResult>("signing.SignStream", requests()).responses;
  const reader = responses[Symbol.asyncIterator]();
  await reader.next();
  // Bytes in flight fit the windows and buffers of both ends; without back-pressure all 20 MB would be sent.
  let before = -1;
  for (let turn = 0; turn < 200 && sent > before; turn++) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(sent < 5_000, `${sent} requests were taken while one result was read`);
  await reader.return?.();
});

test("The server still serves after a client has left in the middle of a stream", async (stack) => {
  await using served = await Served.start(stack);
  for (let round = 0; round < 20; round++) {
    const requests = function* () {
      while (true) yield { keyId: "ed25519", message: Buffer.alloc(16 * 1024) };
    };
    let taken = 0;
    for await (
      const result of served.open<SignResult>("signing.SignStream", requests()).responses
    ) {
      assert.ok(result.response);
      if (++taken === 5) break;
    }
  }
  const signed = await served.call<SignResponse>("signing.Sign", { keyId: "ed25519", message });
  assert.equal((signed.signature as Uint8Array).length, 64);
});

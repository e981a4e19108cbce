/** Invalid requests to every method. @module */
import assert from "node:assert/strict";
import { StatusCode, type StatusName } from "../../src/grpc/status.ts";
import { gate } from "../_support/gate.ts";
import { onEachStack } from "./_each_stack.ts";

const [gated, { Served }] = await gate(
  ["net", "env", "read", "sys", "ffi"],
  () => import("./_served.ts"),
);
const test = onEachStack(gated);

const message = new TextEncoder().encode("to be signed");
const good = { keyId: "ecdsa-p256", message };

/** The fault, the method, the request, the status, and a part of the status message. */
const badRequests: [string, string, object, StatusName, RegExp][] = [
  ["no key", "signing.Sign", { message }, "INVALID_ARGUMENT", /names no key/],
  [
    "an empty key_id",
    "signing.Sign",
    { ...good, keyId: "" },
    "INVALID_ARGUMENT",
    /key_id is empty/,
  ],
  ["an unknown key_id", "signing.Sign", { ...good, keyId: "nobody" }, "NOT_FOUND", /nobody/],
  [
    "a key_id that could not be one",
    "signing.Sign",
    { ...good, keyId: "a\nb".repeat(1000) },
    "NOT_FOUND",
    /no key with that id/,
  ],
  [
    "an unspecified key_type",
    "signing.Sign",
    { keyType: "KEY_TYPE_UNSPECIFIED", message },
    "INVALID_ARGUMENT",
    /KEY_TYPE_UNSPECIFIED/,
  ],
  ["an unknown key_type", "signing.Sign", { keyType: 99, message }, "INVALID_ARGUMENT", /99/],
  [
    "a key_type of which there is no key",
    "signing.Sign",
    { keyType: "KEY_TYPE_RSA_4096", message },
    "NOT_FOUND",
    /rsa-4096/,
  ],
  ["an unknown algorithm", "signing.Sign", { ...good, algorithm: 99 }, "INVALID_ARGUMENT", /99/],
  [
    "an algorithm of other keys",
    "signing.Sign",
    { ...good, algorithm: "RSASSA_PSS_SHA_256" },
    "INVALID_ARGUMENT",
    /RSASSA_PSS_SHA_256/,
  ],
  ["nothing to sign", "signing.Sign", { keyId: "ed25519" }, "INVALID_ARGUMENT", /nothing to sign/],
  [
    "a digest too short",
    "signing.Sign",
    { keyId: "ecdsa-p256", digest: new Uint8Array(31) },
    "INVALID_ARGUMENT",
    /31/,
  ],
  [
    "an empty digest",
    "signing.Sign",
    { keyId: "ecdsa-p256", digest: new Uint8Array() },
    "INVALID_ARGUMENT",
    /0 bytes/,
  ],
  [
    "a digest for Ed25519",
    "signing.Sign",
    { keyId: "ed25519", digest: new Uint8Array(64) },
    "INVALID_ARGUMENT",
    /message/,
  ],
  [
    "an unknown signature_format",
    "signing.Sign",
    { ...good, signatureFormat: 99 },
    "INVALID_ARGUMENT",
    /99/,
  ],
  [
    "no key",
    "signing.Verify",
    { message, signature: message },
    "INVALID_ARGUMENT",
    /no key/,
  ],
  [
    "no message",
    "signing.Verify",
    { keyId: "ed25519", signature: message },
    "INVALID_ARGUMENT",
    /nothing to sign/,
  ],
  ["no signature", "signing.Verify", good, "INVALID_ARGUMENT", /no signature/],
  [
    "an unknown key",
    "signing.Verify",
    { ...good, keyId: "nobody", signature: message },
    "NOT_FOUND",
    /nobody/,
  ],
  [
    "an algorithm of other keys",
    "signing.Verify",
    { ...good, algorithm: "ED25519", signature: message },
    "INVALID_ARGUMENT",
    /ED25519/,
  ],
  [
    "a digest too long",
    "signing.Verify",
    { keyId: "ecdsa-p256", digest: new Uint8Array(33), signature: message },
    "INVALID_ARGUMENT",
    /33/,
  ],
  [
    "an unknown signature_format",
    "signing.Verify",
    { ...good, signature: message, signatureFormat: 99 },
    "INVALID_ARGUMENT",
    /99/,
  ],
  ["no key", "signing.GetPublicKey", {}, "INVALID_ARGUMENT", /no key/],
  ["an unknown key", "signing.GetPublicKey", { keyId: "x" }, "NOT_FOUND", /x/],
  [
    "an unknown format",
    "signing.GetPublicKey",
    { keyId: "ed25519", format: 99 },
    "INVALID_ARGUMENT",
    /99/,
  ],
  [
    "a batch too long",
    "signing.SignBatch",
    { requests: Array(1025).fill(good) },
    "INVALID_ARGUMENT",
    /1025/,
  ],
  [
    "a request over the limit",
    "echo.Echo",
    { payload: new Uint8Array(5 * 1024 * 1024) },
    "RESOURCE_EXHAUSTED",
    /larger|max/i,
  ],
];

test(
  "A wrong value in any field of any request fails with its status, and the server goes on",
  async (stack, t) => {
    await using served = await Served.start(stack);
    for (const [what, method, request, status, told] of badRequests) {
      await t.step(`${method}: ${what}`, async () => {
        await assert.rejects(
          served.call(method, request),
          (error: Error & { code: number }) => {
            assert.equal(error.code, StatusCode[status], error.message);
            assert.match(error.message, told);
            return true;
          },
        );
      });
    }
    assert.deepEqual(await served.call("echo.Echo", { message: "still here" }), {
      message: "still here",
      payload: Buffer.alloc(0),
    });
  },
);

/** The writer of protobuf's wire format. @module */
import assert from "node:assert/strict";
import { echoRequestCodec } from "../../src/api/generated/signer/v1/echo_pb.ts";
import { executePipelineResponseCodec } from "../../src/api/generated/signer/pipeline/v1/pipeline_pb.ts";
import { healthListResponseCodec } from "../../src/api/generated/grpc/health/v1/health_pb.ts";
import { keyInfoCodec } from "../../src/api/generated/signer/v1/keys_pb.ts";
import { getServerInfoResponseCodec as serverInfo } from "../../src/api/generated/signer/v1/server_info_pb.ts";
import {
  listKeysRequestCodec,
  listKeysResponseCodec,
  signBatchRequestCodec,
  signBatchResponseCodec,
  signErrorCodec,
  signRequestCodec,
} from "../../src/api/generated/signer/v1/signing_pb.ts";
import { type Codec, ProtobufError } from "../../src/protobuf/mod.ts";

Deno.test("A message without fields, or with default values only, has no bytes", () => {
  assert.equal(echoRequestCodec.encode({}).length, 0);
  const defaults = { keyId: "", keyType: 0 as const, algorithms: [], isDefault: false };
  assert.equal(keyInfoCodec.encode(defaults).length, 0);
  assert.equal(echoRequestCodec.encode({ payload: new Uint8Array() }).length, 0);
});

Deno.test("A member of a oneof is written with its default value too, and so is an empty message", () => {
  assert.equal(
    signRequestCodec.encode({ keyId: "", message: Buffer.alloc(0) }).toHex(),
    "0a002200",
  );
  assert.equal(signRequestCodec.encode({ keyType: "KEY_TYPE_UNSPECIFIED" }).toHex(), "1000");
  assert.equal(serverInfo.encode({ limits: {} }).toHex(), "2a00");
});

Deno.test("A null field is treated as missing", () => {
  assert.equal(serverInfo.encode({ limits: null }).length, 0);
  assert.equal(listKeysResponseCodec.encode({ keys: null } as object).length, 0);
});

Deno.test("The examples of the encoding guide are written as in the guide", () => {
  const bytes = keyInfoCodec.encode({
    keyId: "ü",
    keyType: 7,
    algorithms: ["ED25519", 300 as never, -1 as never],
    isDefault: true,
  });
  assert.equal(
    bytes.toHex(),
    "0a02c3bc" + "1007" + "1a0d" + "0a" + "ac02" + "ffffffffffffffffff01" + "3001",
  );
  assert.equal(signErrorCodec.encode({ code: -1 }).toHex(), "08ffffffffffffffffff01");
});

Deno.test("An int64 is written within the safe integers", () => {
  const { MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number;
  for (const pidStartTicks of [1, -1, 2 ** 32, -(2 ** 32), MAX_SAFE_INTEGER, MIN_SAFE_INTEGER]) {
    const bytes = serverInfo.encode({ pidStartTicks });
    assert.equal(serverInfo.decode(bytes).pidStartTicks, pidStartTicks);
  }
});

Deno.test("A nested message may have any size, whose length takes one to five bytes", () => {
  for (const size of [0, 1, 100, 127, 128, 129, 16_000, 16_383, 16_384, 70_000, 3_000_000]) {
    const requests = [{ message: Buffer.alloc(size, 1) }, { message: Buffer.of(2), keyId: "k" }];
    const got = signBatchRequestCodec.decode(signBatchRequestCodec.encode({ requests })).requests;
    assert.equal(got.length, 2);
    assert.ok(got[0].message!.equals(requests[0].message));
    assert.deepEqual([got[1].message, got[1].keyId], [Buffer.of(2), "k"]);
  }
});

Deno.test("Strings of any length and script survive a round trip", () => {
  for (const unit of ["a", "ü", "€", "😀"]) {
    for (const count of [1, 20, 63, 64, 65, 127, 128, 9_000]) {
      const message = unit.repeat(count);
      assert.equal(echoRequestCodec.decode(echoRequestCodec.encode({ message })).message, message);
    }
  }
});

Deno.test("A lone surrogate, which UTF-8 cannot encode, becomes U+FFFD", () => {
  for (const text of ["a\ud800", "\udc00" + "b".repeat(50)]) {
    const bytes = echoRequestCodec.encode({ message: text });
    assert.equal(echoRequestCodec.decode(bytes).message, text.replace(/[\ud800\udc00]/, "\ufffd"));
  }
});

Deno.test("Encoded bytes do not change when more messages are encoded, also past the end of the shared buffer", () => {
  const results = Array.from({ length: 300 }, (_, i) => ({
    error: { code: i, message: "x".repeat(i) },
  }));
  const kept = results.map((one) => signBatchResponseCodec.encode({ results: [one] }));
  signBatchResponseCodec.encode({ results });
  for (const [i, bytes] of kept.entries()) {
    const { results: [got] } = signBatchResponseCodec.decode(bytes);
    assert.deepEqual(got, { ...results[i], result: "error" });
  }
});

Deno.test("A message whose getter encodes another message: both are intact", () => {
  let inner: Buffer | undefined;
  const outer = echoRequestCodec.encode({
    message: "outer",
    get payload() {
      inner = echoRequestCodec.encode({ message: "inner" });
      return Buffer.from("p");
    },
  });
  assert.equal(echoRequestCodec.decode(outer).message, "outer");
  assert.equal(echoRequestCodec.decode(inner!).message, "inner");
});

Deno.test("`encodeShared()` writes the same bytes, each message over the one before", () => {
  for (const size of [1, 100, 10_000, 2_000_000, 5]) {
    const message = { message: "m", payload: new Uint8Array(size).fill(size) };
    const owned = echoRequestCodec.encode(message);
    assert.ok(owned.equals(echoRequestCodec.encodeShared(message)));
  }
  for (let size = 0; size < 300; size++) {
    const message = { payload: new Uint8Array(size).fill(size) };
    assert.ok(echoRequestCodec.encode(message).equals(echoRequestCodec.encodeShared(message)));
  }
  const first = echoRequestCodec.encodeShared({ message: "first" });
  const second = echoRequestCodec.encodeShared({ message: "other" });
  assert.ok(first.equals(second));
});

Deno.test("`encodeShared()` keeps the memory of a large payload with fields after it", () => {
  // The fields after the payload doubled the memory, which was then too large to be kept: each response with 10 s of
  // audio was written to new memory, and copied to more of it.
  const response = {
    outputs: [{ name: "rate", audio: { samples: new Uint8Array(1024 * 1024), channels: 1 } }],
    metrics: { wallUs: 1, nodes: [{ id: "rate", type: "resample", us: 1 }] },
  };
  const first = executePipelineResponseCodec.encodeShared(response);
  assert.equal(executePipelineResponseCodec.encodeShared(response).buffer, first.buffer);
});

Deno.test("`encodeShared()` within a getter leaves both messages intact", () => {
  let inner: Buffer | undefined;
  const outer = echoRequestCodec.encodeShared({
    message: "outer",
    get payload() {
      inner = echoRequestCodec.encodeShared({ message: "inner" });
      return Buffer.from("p");
    },
  });
  assert.equal(echoRequestCodec.decode(outer).message, "outer");
  assert.equal(echoRequestCodec.decode(inner!).message, "inner");
});

Deno.test("Values of a wrong type are refused, and the next message is intact", () => {
  // deno-lint-ignore no-explicit-any -- the test passes values that the types forbid
  const wrong: [Codec<any, unknown>, unknown][] = [
    [echoRequestCodec, null],
    [echoRequestCodec, "text"],
    [echoRequestCodec, [{}]],
    [echoRequestCodec, { message: 5 }],
    [echoRequestCodec, { message: "before", payload: "YmFzZTY0" }],
    [echoRequestCodec, { payload: 5 }],
    [echoRequestCodec, { payload: [1, 2] }],
    [keyInfoCodec, { isDefault: 1 }],
    [keyInfoCodec, { keyType: "KEY_TYPE_OF_NOBODY" }],
    [keyInfoCodec, { keyType: 1.5 }],
    [keyInfoCodec, { algorithms: "ED25519" }],
    [keyInfoCodec, { algorithms: [2 ** 31] }],
    [signErrorCodec, { code: 2 ** 31 }],
    [signErrorCodec, { code: "5" }],
    [signErrorCodec, { code: NaN }],
    [serverInfo, { pidStartTicks: "5" }],
    [serverInfo, { pidStartTicks: 2 ** 53 }],
    [serverInfo, { limits: 5 }],
    [serverInfo, { protocolVersions: [null] }],
    [signBatchRequestCodec, { requests: { length: 1 } }],
    [signBatchRequestCodec, { requests: [null] }],
  ];
  for (const [codec, message] of wrong) {
    assert.throws(
      () => codec.encode(message),
      (error) => error instanceof ProtobufError && error.code === "INVALID_VALUE",
      JSON.stringify(message),
    );
    assert.equal(echoRequestCodec.encode({ message: "b" }).toHex(), "0a0162");
  }
});

Deno.test("The error of a wrong value names the message and the field, never the value", () => {
  // deno-lint-ignore no-explicit-any -- the test passes values that the types forbid
  const wrong: [Codec<any, unknown>, unknown, string][] = [
    [echoRequestCodec, "secret", "signer.v1.EchoRequest must be an object, not a string"],
    [
      signRequestCodec,
      { keyId: "k", message: "secret" },
      "signer.v1.SignRequest.message must be a Uint8Array, not a string",
    ],
    [
      signRequestCodec,
      { keyType: "KEY_TYPE_OF_NOBODY" },
      "signer.v1.SignRequest.keyType must be a name of signer.v1.KeyType or an integer of 32 bits, " +
      "not a string",
    ],
    // A field after a nested message belongs to the outer message again.
    [
      signBatchResponseCodec,
      { results: [{ response: { keyId: "k" } }, { error: { code: 1.5 } }] },
      "signer.v1.SignError.code must be an integer of 32 bits",
    ],
    [
      serverInfo,
      { limits: { maxBatchItems: 1 }, provider: 5 },
      "signer.v1.GetServerInfoResponse.provider must be a string",
    ],
    [
      serverInfo,
      { protocolVersions: "1" },
      "signer.v1.GetServerInfoResponse.protocolVersions must be an array, not a string",
    ],
    [
      healthListResponseCodec,
      { statuses: { "": null } },
      "grpc.health.v1.HealthListResponse.statuses must be a map of objects, not null",
    ],
  ];
  for (const [codec, message, wanted] of wrong) {
    assert.throws(() => codec.encode(message), { code: "INVALID_VALUE", message: wanted });
  }
});

Deno.test("The types of requests allow exactly the values that the writer takes", () => {
  // @ts-expect-error bytes are no string
  assert.throws(() => signRequestCodec.encode({ message: "hello" }));
  // @ts-expect-error an int64 is no string
  assert.throws(() => serverInfo.encode({ pidStartTicks: "5" }));
  // @ts-expect-error nor a bigint
  assert.throws(() => serverInfo.encode({ pidStartTicks: 5n }));
  // @ts-expect-error a oneof has one member at most
  signRequestCodec.encode({ message: Buffer.of(1), digest: Buffer.of(2) });
  // @ts-expect-error a message without fields has none
  listKeysRequestCodec.encode({ keyId: "k" });
  // A decoded message can be written.
  const read = signRequestCodec.decode(signRequestCodec.encode({ keyType: 7 }));
  assert.equal(signRequestCodec.encode(read).toHex(), "1007");
  // A decoded message has unknown numbers of enums, and the name of a oneof's member.
  const { key, keyType } = signRequestCodec.decode(Uint8Array.of(0x10, 99));
  if (key === "keyType") keyType satisfies string | number;
  assert.deepEqual([key, keyType], ["keyType", 99]);
});

Deno.test("A map may have any key, such as `constructor` and `__proto__`", () => {
  const statuses = Object.fromEntries(
    ["", "__proto__", "constructor", "a.B"].map((name) => [name, { status: "SERVING" as const }]),
  );
  const got = healthListResponseCodec.decode(healthListResponseCodec.encode({ statuses })).statuses;
  assert.deepEqual(Object.entries(got), Object.entries(statuses));
  assert.equal(Object.getPrototypeOf(got), Object.prototype);
});

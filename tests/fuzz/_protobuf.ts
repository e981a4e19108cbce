/** The fuzz target of the protobuf codecs. @module */
import assert from "node:assert/strict";
import { getServerInfoResponseCodec } from "../../src/api/generated/signer/v1/server_info_pb.ts";
import {
  listKeysResponseCodec,
  signBatchRequestCodec,
  signBatchResponseCodec,
} from "../../src/api/generated/signer/v1/signing_pb.ts";
import { ProtobufError } from "../../src/protobuf/mod.ts";
import type { Random } from "../http2/_random.ts";
import { codecs } from "../protobuf/_codecs.ts";
import type { FuzzTarget } from "./_target.ts";

/** Returns fields of random numbers and wire types, with mostly valid values. */
function fieldSoup(random: Random): Uint8Array {
  const bytes: number[] = [];
  for (let i = random(12); i > 0; i--) {
    const wireType = random(6);
    bytes.push((random(12) << 3 | wireType) & 0x7f);
    if (wireType === 2) {
      const content = random(3) === 0 ? fieldSoup(random).subarray(0, 127) : noise(random(20));
      bytes.push(content.length, ...content);
    } else bytes.push(...noise({ 0: random(3), 1: 8, 5: 4 }[wireType] ?? 0), ...closing(wireType));
  }
  return Uint8Array.from(bytes);

  function noise(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => random(256));
  }

  /** Returns the last byte of a varint. */
  function closing(wireType: number): number[] {
    return wireType === 0 ? [random(0x80)] : [];
  }
}

/** Each codec decodes or refuses the bytes. A decoded message is encoded and decoded to an equal one. */
export const protobuf: FuzzTarget = {
  name: "protobuf",
  seeds: () => [
    getServerInfoResponseCodec.encode({
      version: "1.2.3",
      protocolVersions: ["1", "2"],
      algorithms: ["ED25519", "ECDSA_SHA_256"],
      limits: { maxRequestBytes: 4_194_304, maxBatchItems: 1_024 },
      pid: 5,
      pidStartTicks: 2 ** 40,
    }),
    listKeysResponseCodec.encode({
      keys: [{
        keyId: "ключ",
        keyType: "KEY_TYPE_ED25519",
        algorithms: ["ED25519"],
        isDefault: true,
      }],
    }),
    signBatchRequestCodec.encode({
      requests: [{ keyId: "a", message: Buffer.alloc(150) }, {
        keyType: 7,
        digest: Buffer.alloc(9),
      }],
    }),
    signBatchResponseCodec.encode({
      results: [{ response: { signature: Buffer.alloc(64), keyId: "a" } }, { error: { code: 5 } }],
    }),
  ],
  generate: fieldSoup,
  run(bytes) {
    for (const { decode, encode } of codecs.values()) {
      let message: object;
      try {
        message = writable(decode(bytes));
      } catch (error) {
        assert.ok(error instanceof ProtobufError && error.code !== "INVALID_VALUE", String(error));
        continue;
      }
      assert.deepEqual(decode(encode(message)), message);
    }
  },
};

/** Replaces integers that are not safe in JavaScript, which cannot be encoded. */
function writable(message: object): object {
  const isWritable = (value: unknown) => typeof value !== "number" || Number.isSafeInteger(value);
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, isWritable(value) ? value : 0]),
  );
}

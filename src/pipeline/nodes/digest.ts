/** digest: a hash of a value. @module */
import { createHash } from "node:crypto";
import { defineNode } from "../node.ts";
import type { Value } from "../values.ts";

/** Bytes of a slice: about 1 ms of SHA-256. */
const SLICE = 262_144;

const names = { "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" } as const;

export const digest = defineNode({
  type: "digest",
  description:
    "Hashes bytes, the samples of audio (interleaved, little-endian), or JSON as UTF-8 without spaces. The output is the digest's bytes. In a stream it hashes all chunks, one after the other.",
  inputs: { in: ["audio", "bytes", "json"] },
  output: "bytes",
  parameters: {
    algorithm: {
      kind: "choice",
      choices: ["SHA-256", "SHA-384", "SHA-512"],
      default: "SHA-256",
      description: "The hash function",
    },
  },
  open({ algorithm }) {
    const hash = createHash(names[algorithm]);
    return {
      *push(inputs, isLast) {
        const bytes = inputs === undefined ? new Uint8Array() : bytesOf(inputs.in!);
        for (let from = 0; from < bytes.length; from += SLICE) {
          hash.update(bytes.subarray(from, from + SLICE));
          yield;
        }
        return isLast ? { kind: "bytes", bytes: new Uint8Array(hash.digest()) } : undefined;
      },
    };
  },
});

function bytesOf(value: Value): Uint8Array {
  switch (value.kind) {
    case "bytes":
      return value.bytes;
    case "json":
      return new TextEncoder().encode(JSON.stringify(value.json));
    case "audio": {
      const { buffer, byteOffset, byteLength } = value.audio.samples;
      return new Uint8Array(buffer, byteOffset, byteLength);
    }
  }
}

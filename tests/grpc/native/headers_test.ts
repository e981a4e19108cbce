/** The header fields of gRPC. @module */
import assert from "node:assert/strict";
import { isGrpcContentType } from "../../../src/grpc/native/header_names.ts";
import { metadataFields, metadataOf } from "../../../src/grpc/native/metadata_headers.ts";
import { MAX_METADATA_VALUES, Metadata } from "../../../src/grpc/metadata.ts";
import type { HeaderField } from "../../../src/http2/mod.ts";

function fields(...list: readonly (readonly [string, string])[]): HeaderField[] {
  return list.map(([name, value]) => ({ name, value }) as HeaderField);
}

Deno.test("`metadataOf()` decodes binary values with and without padding, several in one field", () => {
  const metadata = metadataOf(fields(["a-bin", "AQ==, AQ,AQI="], ["a-bin", ""]));
  assert.deepEqual(metadata.getAll("a-bin").map((value) => [...value as Uint8Array]), [
    [1],
    [1],
    [1, 2],
    [],
  ]);
});

Deno.test("`metadataOf()` keeps the order of values, and leaves out other fields", () => {
  const metadata = metadataOf(fields(
    ["content-type", "application/grpc"],
    ["te", "trailers"],
    ["grpc-timeout", "1S"],
    ["grpc-encoding", "gzip"],
    ["user-agent", "someone"],
    ["x", "1"],
    ["x", "2, 3"],
    ["x!y", "not a key of metadata"],
    ["latin", "caf\xe9"],
  ));
  assert.deepEqual([...metadata], [["user-agent", "someone"], ["x", "1"], ["x", "2, 3"]]);
});

Deno.test("`metadataOf()` decodes the fields of a requested key only", () => {
  // A `-bin` field of 16,000 values was split and copied to read the protocol version beside it: 1,200 requests
  // of 100 octets each, by the HPACK table, cost 22 s.
  let reads = 0;
  const binary = {
    name: "a-bin",
    get value(): string {
      reads++;
      return ",".repeat(16_000);
    },
  };
  const metadata = metadataOf([binary as HeaderField, ...fields(["x", "1"])]);
  assert.equal(metadata.get("X"), "1");
  assert.equal(metadata.get("y"), undefined);
  assert.equal(reads, 0);
  assert.equal(metadata.getAll("a-bin").length, MAX_METADATA_VALUES);
  assert.equal(metadata.get("a-bin"), metadata.getAll("a-bin")[0]);
  assert.equal(reads, 1);
});

Deno.test("`metadataOf()` returns up to 64 values of a key, in one field or several", () => {
  const values = Array.from({ length: 70 }, (_, i) => `${i}`);
  const text = metadataOf(fields(...values.map((value) => ["x", value] as const)));
  assert.deepEqual(text.getAll("x"), values.slice(0, MAX_METADATA_VALUES));
  const binary = metadataOf(fields(
    ["b-bin", Array<string>(60).fill("AQ").join(",")],
    ["b-bin", Array<string>(60).fill("Ag").join(",")],
  ));
  assert.deepEqual(
    binary.getAll("b-bin").map((value) => (value as Uint8Array)[0]),
    [...Array<number>(60).fill(1), ...Array<number>(4).fill(2)],
  );
  assert.equal(binary.size, 1);
});

Deno.test("Received metadata cannot be changed, because calls with the same headers share it", () => {
  const metadata = metadataOf(fields(["x", "1"]));
  assert.throws(() => metadata.set("x", "2"), TypeError);
  assert.throws(() => metadata.add("y", "2"), TypeError);
  assert.deepEqual([metadata.size, ...metadata], [1, ["x", "1"]]);
});

Deno.test("`metadataFields()` sends binary values without padding and no reserved names", () => {
  const metadata = new Metadata([
    ["x", " 1 "],
    ["grpc-status", "0"],
    ["content-type", "text/html"],
    ["b-bin", Uint8Array.of(1)],
  ]);
  assert.deepEqual(metadataFields(metadata), ["x", "1", "b-bin", "AQ"]);
});

Deno.test("`isGrpcContentType()` accepts suffixes and parameters, and not gRPC-Web", () => {
  for (const good of ["application/grpc", "application/grpc+proto", "application/grpc;a=b"]) {
    assert.equal(isGrpcContentType(good), true, good);
  }
  for (const bad of [undefined, "", "application/grpc-web", "text/plain", "application/json"]) {
    assert.equal(isGrpcContentType(bad), false, `${bad}`);
  }
});

/** The reader of protobuf's wire format. @module */
import assert from "node:assert/strict";
import {
  maxDepth,
  maxNestedMessages,
  ProtobufError,
  type ProtobufErrorCode,
  WireReader,
} from "../../src/protobuf/mod.ts";
import { echoRequestCodec } from "../../src/api/generated/signer/v1/echo_pb.ts";
import { keyInfoCodec } from "../../src/api/generated/signer/v1/keys_pb.ts";
import { getServerInfoResponseCodec as serverInfo } from "../../src/api/generated/signer/v1/server_info_pb.ts";
import {
  signBatchRequestCodec,
  signRequestCodec,
  signResultCodec,
} from "../../src/api/generated/signer/v1/signing_pb.ts";

/** Parses hexadecimal digits; spaces are ignored. */
function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

function refuses(read: () => unknown, code: ProtobufErrorCode): void {
  assert.throws(read, (error) => error instanceof ProtobufError && error.code === code);
}

/** Returns nested, well-formed groups with the field number 99. */
function groups(depth: number): Uint8Array {
  return hex("9b06".repeat(depth) + "9c06".repeat(depth));
}

Deno.test("`int32()` returns the low 32 bits of a varint of up to ten bytes", () => {
  const values: [string, number][] = [
    ["00", 0],
    ["7f", 127],
    ["80 01", 128],
    ["ff ff ff ff 07", 2 ** 31 - 1],
    ["80 80 80 80 08", -(2 ** 31)],
    ["ff ff ff ff ff ff ff ff ff 01", -1],
    ["85 80 80 80 80 80 00", 5],
    ["85 80 80 80 10", 5],
  ];
  for (const [bytes, value] of values) assert.equal(new WireReader(hex(bytes)).int32(), value);
});

Deno.test("`int64()` reads 64 bits, rounded to the nearest number beyond 2 ** 53", () => {
  const values: [string, number][] = [
    ["ff ff ff ff ff ff ff 0f", Number.MAX_SAFE_INTEGER],
    ["ff ff ff ff ff ff ff ff ff 01", -1],
    ["81 80 80 80 80 80 80 f0 ff 01", Number.MIN_SAFE_INTEGER],
    ["80 80 80 80 10", 2 ** 32],
    ["ff ff ff ff ff ff ff ff 7f", 2 ** 63],
  ];
  for (const [bytes, value] of values) assert.equal(new WireReader(hex(bytes)).int64(), value);
});

Deno.test("`bool()` is true for any number but 0, also beyond 32 bits", () => {
  for (const bytes of ["01", "02", "80 80 80 80 80 01"]) {
    assert.equal(new WireReader(hex(bytes)).bool(), true, bytes);
  }
  for (const bytes of ["00", "80 80 00"]) assert.equal(new WireReader(hex(bytes)).bool(), false);
});

Deno.test("A varint of over ten bytes is refused, and a tag or a length of over five", () => {
  refuses(() => new WireReader(hex("80".repeat(10) + "00")).int64(), "INVALID_VARINT");
  refuses(() => new WireReader(hex("8a 80 80 80 80 00")).tag(), "INVALID_VARINT");
  refuses(() => new WireReader(hex("fa ff ff ff 1f")).tag(), "INVALID_VARINT");
  refuses(() => new WireReader(hex("81 80 80 80 80 00 61")).string(), "INVALID_VARINT");
  refuses(() => new WireReader(hex("ff ff ff ff 1f")).bytes(), "INVALID_VARINT");
});

Deno.test("A message truncated within a field is refused, at any offset", () => {
  const whole = signRequestCodec.encode({
    keyId: "a key whose id is long enough for its length to matter".repeat(3),
    algorithm: "ECDSA_SHA_256",
    digest: Buffer.alloc(200, 1),
    signatureFormat: "SIGNATURE_FORMAT_DER",
  });
  const fields = new Set([0, 165, 167, 370]);
  for (let end = 0; end < whole.length; end++) {
    const cut = whole.subarray(0, end);
    if (fields.has(end)) assert.doesNotThrow(() => signRequestCodec.decode(cut));
    else refuses(() => signRequestCodec.decode(cut), "TRUNCATED");
  }
});

Deno.test("A length past the end of its message is refused, even if bytes follow", () => {
  // A batch of one request of three bytes, in which a string has the length four.
  refuses(() => signBatchRequestCodec.decode(hex("0a 03 0a 04 61 61 61 61")), "TRUNCATED");
  refuses(() => echoRequestCodec.decode(hex("0a ff ff ff ff 0f")), "TRUNCATED");
  // A packed list whose last number continues past its end.
  refuses(() => keyInfoCodec.decode(hex("1a 02 01 80 01")), "TRUNCATED");
});

Deno.test("The field number 0 and undefined wire types are refused", () => {
  for (const bytes of ["00 00", "02 00", "05 00000000"]) {
    refuses(() => echoRequestCodec.decode(hex(bytes)), "INVALID_TAG");
  }
  for (const bytes of ["0e", "0f", "9e 06"]) {
    refuses(() => echoRequestCodec.decode(hex(bytes)), "INVALID_TAG");
  }
});

Deno.test("Unknown fields of every wire type are skipped", () => {
  const unknown = ["98 06 80 80 01", "99 06 0102030405060708", "9a 06 02 ff ff", "9d 06 01020304"];
  for (const field of unknown) {
    const { message } = echoRequestCodec.decode(hex(`${field} 0a 01 61 ${field}`));
    assert.equal(message, "a");
    refuses(() => echoRequestCodec.decode(hex(field).slice(0, -1)), "TRUNCATED");
  }
});

Deno.test("Groups are skipped, and must end with their own field number", () => {
  const { message } = echoRequestCodec.decode(hex("9b 06 08 01 a3 06 a4 06 9c 06 0a 01 61"));
  assert.equal(message, "a");
  refuses(() => echoRequestCodec.decode(hex("9b 06 a4 06")), "INVALID_TAG");
  refuses(() => echoRequestCodec.decode(hex("9c 06")), "INVALID_TAG");
  refuses(() => echoRequestCodec.decode(hex("9b 06 08 01")), "TRUNCATED");
});

Deno.test("Groups and messages may be nested 100 deep and no deeper", () => {
  assert.doesNotThrow(() => echoRequestCodec.decode(groups(maxDepth)));
  refuses(() => echoRequestCodec.decode(groups(maxDepth + 1)), "TOO_DEEP");
  refuses(() => echoRequestCodec.decode(groups(100_000)), "TOO_DEEP");
  // The request of the batch is one level.
  const inner = groups(maxDepth);
  const batch = Uint8Array.of(0x0a, inner.length & 0x7f | 0x80, inner.length >>> 7, ...inner);
  refuses(() => signBatchRequestCodec.decode(batch), "TOO_DEEP");
});

Deno.test("A message may contain 65,536 others and no more: two bytes become a hundred", () => {
  const empty = (count: number) => hex("0a00".repeat(count));
  const { requests } = signBatchRequestCodec.decode(empty(maxNestedMessages));
  assert.equal(requests.length, maxNestedMessages);
  refuses(() => signBatchRequestCodec.decode(empty(maxNestedMessages + 1)), "TOO_MANY");
});

Deno.test("A field with a wrong wire type is an unknown field", () => {
  // A string's number with a varint, and an enum's with bytes.
  assert.deepEqual(
    signRequestCodec.decode(hex("08 05 32 01 02")),
    signRequestCodec.decode(new Uint8Array()),
  );
});

Deno.test("The last of two values of a scalar field counts", () => {
  assert.equal(echoRequestCodec.decode(hex("0a 01 61 0a 01 62")).message, "b");
  assert.equal(echoRequestCodec.decode(hex("0a 01 61 0a 00")).message, "");
});

Deno.test("Two values of a message field are merged", () => {
  const { limits } = serverInfo.decode(hex("2a 02 08 05 2a 02 10 07 2a 02 08 06"));
  assert.deepEqual(limits, { maxRequestBytes: 6, maxBatchItems: 7 });
  const { response, result } = signResultCodec.decode(hex("0a 03 0a 01 ff 0a 03 12 01 6b"));
  assert.equal(result, "response");
  assert.deepEqual(response, {
    signature: Buffer.of(0xff),
    keyId: "k",
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    keyVersion: 0,
  });
});

Deno.test("The last member of a oneof counts, and others are cleared", () => {
  const request = signRequestCodec.decode(hex("0a 01 6b 10 07 22 01 01 2a 01 02 22 00"));
  assert.deepEqual(request, {
    key: "keyType",
    keyType: "KEY_TYPE_ED25519",
    input: "message",
    message: Buffer.alloc(0),
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    signatureFormat: "SIGNATURE_FORMAT_UNSPECIFIED",
  });
  const result = signResultCodec.decode(hex("0a 03 0a 01 ff 12 02 08 05"));
  assert.deepEqual(result, { result: "error", error: { code: 5, message: "" } });
});

Deno.test("Lists of numbers are read packed, unpacked and mixed", () => {
  const { algorithms } = keyInfoCodec.decode(hex("18 01 1a 02 02 63 18 03 1a 00"));
  assert.deepEqual(
    algorithms,
    ["RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", 99, "RSASSA_PSS_SHA_512"],
  );
});

Deno.test("An unknown number of an enum stays a number, also a negative one", () => {
  const numbers: [string, number][] = [["63", 99], ["ff ff ff ff ff ff ff ff ff 01", -1]];
  for (const [bytes, number] of numbers) {
    assert.equal(signRequestCodec.decode(hex(`18 ${bytes}`)).algorithm, number);
  }
});

Deno.test("A string that is not UTF-8 is refused, short or long", () => {
  // An invalid byte, an overlong slash, a lone surrogate, a truncated character.
  for (const bytes of ["ff", "c0 af", "ed a0 80", "e2 82"]) {
    // A length for each decoding path.
    for (const length of [0, 20, 2_000]) {
      const text = Buffer.concat([Buffer.alloc(length, "a"), hex(bytes)]);
      const head = text.length < 128
        ? [0x0a, text.length]
        : [0x0a, text.length & 0x7f | 0x80, text.length >>> 7];
      const field = Buffer.concat([Uint8Array.from(head), text]);
      refuses(() => echoRequestCodec.decode(field), "INVALID_UTF8");
    }
  }
});

Deno.test("A string keeps a byte order mark, U+FFFD, U+0000 and an emoji", () => {
  for (
    const text of [
      "\ufeffx",
      "\ufffd",
      "a\0b",
      "😀",
      "\ufeff" + "ü".repeat(300),
      "\ufeff" + "\ufffd".repeat(900),
      "",
    ]
  ) {
    const bytes = echoRequestCodec.encode({ message: text });
    assert.equal(echoRequestCodec.decode(bytes).message, text);
  }
});

Deno.test("`bytes()` returns a Buffer that is a view of the input, at any offset", () => {
  const memory = new Uint8Array(20);
  memory.set(hex("12 02 01 02"), 7);
  const { payload } = echoRequestCodec.decode(memory.subarray(7, 11));
  assert.ok(payload instanceof Buffer);
  assert.deepEqual([payload.buffer, payload.byteOffset], [memory.buffer, 9]);
});

Deno.test("`decodePart()` reads one part of the memory, and keeps no view of it", () => {
  const memory = new Uint8Array(40).fill(0xff);
  const text = "twenty characters, say";
  memory.set(echoRequestCodec.encode({ message: text, payload: hex("01 02") }), 7);
  const end = 7 + 2 + text.length + 4;
  const { message, payload } = echoRequestCodec.decodePart(memory, 7, end);
  memory.fill(0);
  assert.equal(message, text);
  assert.deepEqual([...payload], [1, 2]);
  assert.notEqual(payload.buffer, memory.buffer);
  assert.throws(() => echoRequestCodec.decodePart(hex("0a 02 61 62 63"), 0, 3), {
    code: "TRUNCATED",
  });
});

Deno.test("The error of a malformed message names its type", () => {
  assert.throws(() => echoRequestCodec.decode(hex("0a05 61")), {
    code: "TRUNCATED",
    message: "signer.v1.EchoRequest: The message ends within a field",
  });
});

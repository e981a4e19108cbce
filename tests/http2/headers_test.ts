/** Header lists: malformed and unusual ones (RFC 9113 section 8). @module */
import assert from "node:assert/strict";
import { block, FrameFlag, headers, REQUEST } from "./_frames.ts";
import { client, server } from "./_recorder.ts";
import { prepareHeaders } from "../../src/http2/mod.ts";

/** Requests that are malformed by RFC 9113 section 8. */
const MALFORMED: Readonly<Record<string, readonly string[]>> = {
  "an upper-case name": [...REQUEST, "X-Name", "1"],
  "an empty name": [...REQUEST, "", "1"],
  "a name with a space": [...REQUEST, "x name", "1"],
  "a name with a colon": [...REQUEST, "x:name", "1"],
  "a name outside ASCII": [...REQUEST, "x\xe9", "1"],
  "a value with NUL": [...REQUEST, "x-name", "a\0b"],
  "a value with a line feed": [...REQUEST, "x-name", "a\nb"],
  "a value with a carriage return": [...REQUEST, "x-name", "a\rb"],
  "a value that begins with a space": [...REQUEST, "x-name", " a"],
  "a value that begins with a tab": [...REQUEST, "x-name", "\ta"],
  "a value that ends with a tab": [...REQUEST, "x-name", "a\t"],
  "an unknown pseudo-header": [...REQUEST, ":protocol", "websocket"],
  "a pseudo-header of a response": [...REQUEST, ":status", "200"],
  "a pseudo-header behind a field": [...REQUEST.slice(2), "x-name", "1", ":method", "GET"],
  "a repeated pseudo-header": [...REQUEST, ":path", "/"],
  "no :method": REQUEST.slice(2),
  "no :scheme": [":method", "GET", ":path", "/"],
  "no :path": [":method", "GET", ":scheme", "http"],
  "an empty :path": [":method", "GET", ":scheme", "http", ":path", ""],
  "a :path that is not one": [":method", "GET", ":scheme", "http", ":path", "a"],
  "an empty :method": [":method", "", ":scheme", "http", ":path", "/"],
  "CONNECT with a :path": [":method", "CONNECT", ":authority", "x", ":path", "/"],
  "CONNECT without :authority": [":method", "CONNECT"],
  "connection": [...REQUEST, "connection", "close"],
  "keep-alive": [...REQUEST, "keep-alive", "1"],
  "proxy-connection": [...REQUEST, "proxy-connection", "close"],
  "transfer-encoding": [...REQUEST, "transfer-encoding", "chunked"],
  "upgrade": [...REQUEST, "upgrade", "h2c"],
  "te other than trailers": [...REQUEST, "te", "gzip"],
  "a content-length that is no number": [...REQUEST, "content-length", "1a"],
  "content-lengths that differ": [...REQUEST, "content-length", "1", "content-length", "0"],
  "a content-length without content": [...REQUEST, "content-length", "1"],
  "a host other than :authority": [...REQUEST, "host", "y"],
};

for (const [what, fields] of Object.entries(MALFORMED)) {
  Deno.test(`a request with ${what} is malformed and ends its stream`, () => {
    const { exchange, recorder } = server();
    assert.deepEqual(exchange(headers(1, fields)), ["RST_STREAM 1 PROTOCOL_ERROR"]);
    assert.deepEqual(recorder.take(), []);
    exchange(headers(3));
    assert.deepEqual(recorder.take(), ["headers 3 /a/b end"]);
  });
}

/** Unusual requests that are well-formed. */
const WELL_FORMED: Readonly<Record<string, readonly string[]>> = {
  "te: trailers": [...REQUEST, "te", "trailers"],
  "an empty value": [...REQUEST, "x-name", ""],
  "a value with inner white space": [...REQUEST, "x-name", "a \t b"],
  "a value outside ASCII": [...REQUEST, "x-name", "\xe9"],
  "OPTIONS *": [":method", "OPTIONS", ":scheme", "http", ":path", "*"],
  "CONNECT": [":method", "CONNECT", ":authority", "x:1"],
  "a host in place of :authority": [...REQUEST.slice(0, 6), "host", "x"],
  "a content-length of 0": [...REQUEST, "content-length", "0"],
  "the same content-length twice": [
    ...REQUEST,
    "content-length",
    "0",
    "content-length",
    "0",
  ],
};

for (const [what, fields] of Object.entries(WELL_FORMED)) {
  Deno.test(`a request with ${what} is well-formed`, () => {
    const { exchange, recorder } = server();
    assert.deepEqual(exchange(headers(1, fields)), []);
    assert.equal(recorder.take().length, 1);
  });
}

Deno.test("a header list gives pseudo-headers, fields in order, and the authority of `host`", () => {
  const { exchange, recorder } = server();
  exchange(headers(1, [...REQUEST.slice(0, 6), "host", "x", "a", "1", "b", "2", "a", "3"]));
  const [list] = recorder.lists;
  assert.deepEqual(
    [list.method, list.scheme, list.authority, list.path, list.status],
    ["POST", "http", "x", "/a/b", 0],
  );
  assert.deepEqual(list.fields.map(({ name, value }) => name + value), ["hostx", "a1", "b2", "a3"]);
  assert.deepEqual([list.get("a"), list.get("b"), list.get("c")], ["1", "2", undefined]);
});

Deno.test("a repeated block is the same list, with the value derived from it", () => {
  const { exchange, recorder } = server();
  for (let id = 1; id < 9; id += 2) {
    exchange(headers(id));
    recorder.lists.at(-1)!.derived ??= id;
  }
  const derived = recorder.lists.map((list) => list.derived);
  assert.deepEqual(derived.slice(1), [3, 3, 3]);
});

Deno.test("the same octets mean another list after the table has changed", () => {
  const { exchange, recorder } = server();
  const indexed = (name: string) => {
    const literal = [0x40, 1, name.charCodeAt(0), 1, 0x31];
    return new Uint8Array([...block(REQUEST), ...literal]);
  };
  const newest = new Uint8Array([...block(REQUEST), 0xbe]);
  const send = (id: number, bytes: Uint8Array) => {
    const whole = new Uint8Array(9 + bytes.length);
    whole.set([0, bytes.length >> 8, bytes.length & 255, 1, 5, 0, 0, 0, id]);
    whole.set(bytes, 9);
    assert.deepEqual(exchange(whole), []);
    return recorder.lists.at(-1)!.fields.at(-1)!.name;
  };
  assert.equal(send(1, indexed("a")), "a");
  for (let id = 3; id < 11; id += 2) assert.equal(send(id, newest), "a");
  assert.equal(send(11, indexed("b")), "b");
  for (let id = 13; id < 21; id += 2) assert.equal(send(id, newest), "b");
});

Deno.test("content longer than content-length ends the stream", () => {
  const { exchange, recorder } = server();
  exchange(headers(1, [...REQUEST, "content-length", "3"], 0));
  recorder.take();
  const data = (size: number, flags = 0) =>
    new Uint8Array([0, 0, size, 0, flags, 0, 0, 0, 1, ...new Array(size).fill(0)]);
  assert.deepEqual(exchange(data(2)), []);
  assert.deepEqual(exchange(data(2)), ["RST_STREAM 1 PROTOCOL_ERROR"]);
  assert.deepEqual(recorder.take(), ["data 1 2", "reset 1 PROTOCOL_ERROR local", "closed 1"]);
});

Deno.test("content shorter than content-length ends the stream, at DATA and at trailers", () => {
  for (
    const last of [
      new Uint8Array([0, 0, 0, 0, FrameFlag.END_STREAM, 0, 0, 0, 1]),
      headers(1, ["x-trailer", "1"]),
    ]
  ) {
    const { exchange, recorder } = server();
    exchange(headers(1, [...REQUEST, "content-length", "3"], 0));
    recorder.take();
    assert.deepEqual(exchange(last), ["RST_STREAM 1 PROTOCOL_ERROR"]);
    assert.deepEqual(recorder.take(), ["reset 1 PROTOCOL_ERROR local", "closed 1"]);
  }
});

Deno.test("trailers with a pseudo-header, or without END_STREAM, end the stream", () => {
  for (const trailers of [headers(1, [":path", "/"]), headers(1, ["a", "b"], 0)]) {
    const { exchange } = server();
    exchange(headers(1, REQUEST, 0));
    assert.deepEqual(exchange(trailers), ["RST_STREAM 1 PROTOCOL_ERROR"]);
  }
});

/** Responses that are malformed. */
const MALFORMED_RESPONSES: Readonly<Record<string, readonly string[]>> = {
  "no :status": ["content-type", "a"],
  "a :status that is no number": [":status", "2x0"],
  "a :status of two digits": [":status", "20"],
  "101": [":status", "101"],
  "a pseudo-header of a request": [":status", "200", ":path", "/"],
  "two :status": [":status", "200", ":status", "200"],
};

for (const [what, fields] of Object.entries(MALFORMED_RESPONSES)) {
  Deno.test(`a response with ${what} is malformed and ends its stream`, () => {
    const { connection, exchange, recorder } = client();
    connection.openStream(prepareHeaders(REQUEST), [], true);
    assert.deepEqual(exchange(headers(1, fields)).at(-1), "RST_STREAM 1 PROTOCOL_ERROR");
    assert.deepEqual(recorder.take(), ["reset 1 PROTOCOL_ERROR local", "closed 1"]);
  });
}

Deno.test("`prepareHeaders()` and `sendHeaders()` refuse fields that may not be sent", () => {
  assert.throws(() => prepareHeaders(["Upper", "1"]), { code: "INTERNAL_ERROR" });
  assert.throws(() => prepareHeaders(["a", "1", ":status", "200"]), { code: "INTERNAL_ERROR" });
  const { connection } = client();
  for (const extra of [["x", "a\r\nb"], ["x", "\u20ac"], ["te", "gzip"], [":path", "/"]]) {
    assert.throws(() => connection.openStream(prepareHeaders(REQUEST), extra), {
      code: "INTERNAL_ERROR",
    });
  }
  assert.equal(connection.streamCount, 0);
});

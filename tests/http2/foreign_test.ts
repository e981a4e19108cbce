import assert from "node:assert/strict";
import { describeForeign, foreignProtocol } from "../../src/http2/foreign.ts";
import { createClientConnection } from "../../src/http2/create_connection.ts";
import { configure } from "../../src/http2/config.ts";
import { Recorder } from "./_recorder.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const openings: readonly [name: string, opening: Uint8Array, protocol: string | undefined][] = [
  ["an alert of TLS 1.2", new Uint8Array([0x15, 3, 3, 0, 2, 2, 40]), "tls"],
  ["a ServerHello", new Uint8Array([0x16, 3, 3, 0, 90, 2, 0, 0, 86]), "tls"],
  ["a status line of HTTP/1.1", bytes("HTTP/1.1 400 Bad Request"), "http/1"],
  ["a status line of HTTP/1.0", bytes("HTTP/1.0 505"), "http/1"],
  ["a page without a status line", bytes("<!DOCTYPE HTML"), "http/1"],
  ["a banner of SSH", bytes("SSH-2.0-OpenSSH_9.2"), "unknown"],
  ["a GOAWAY frame", new Uint8Array([0, 0, 8, 7, 0, 0, 0, 0, 0]), "unknown"],
  ["an empty SETTINGS frame", new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]), undefined],
  ["a SETTINGS frame of 21 octets", new Uint8Array([0, 0, 0x15, 4, 0, 0, 0, 0, 0]), undefined],
  ["three bytes", new Uint8Array([0, 0, 0]), undefined],
  ["half a status line", bytes("HTTP/"), undefined],
  ["nothing", new Uint8Array(), undefined],
];

Deno.test("`foreignProtocol()` tells TLS, HTTP/1.1 and other protocols from HTTP/2", async (t) => {
  for (const [name, opening, protocol] of openings) {
    await t.step(name, () => assert.equal(foreignProtocol(opening), protocol));
  }
});

Deno.test("`describeForeign()` shows bytes of a peer as printable ASCII only", () => {
  const text = describeForeign(
    "unknown",
    new Uint8Array([0x1b, 0x5d, 0x30, 0x3b, 0xe2, 0x80, 0xae, 7, 0x22]),
  );
  assert.equal(text, 'The server does not speak HTTP/2: its first bytes are ".]0;....\\""');
});

Deno.test("A client connection names the protocol of its server, in pieces of any size", () => {
  for (const size of [1, 2, 3, 100]) {
    const client = createClientConnection(configure(), new Recorder(), 0);
    const opening = bytes("HTTP/1.1 400 Bad Request\r\n");
    for (let at = 0; at < opening.length; at += size) {
      client.receive(opening.slice(at, at + size), 0);
    }
    const { phase } = client;
    assert.equal(phase.kind, "closed");
    assert.match(String(phase.kind === "closed" && phase.error?.message), /speaks HTTP\/1\.1/);
  }
});

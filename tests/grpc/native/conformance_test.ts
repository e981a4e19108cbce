/** The native server against h2spec. @module */
import assert from "node:assert/strict";
import { gate } from "../../_support/gate.ts";
import { peerTest } from "../../_support/peers.ts";
import { framed } from "../../_support/framed.ts";
import { CallingRelay, type Completion } from "./_calling_relay.ts";

/** The sections of h2spec, with their numbers of tests. */
const SECTIONS: Readonly<Record<string, number>> = {
  ...{ "generic/1": 1, "generic/2": 5, "generic/3.1": 3, "generic/3.2": 3, "generic/3.3": 5 },
  ...{ "generic/3.4": 1, "generic/3.5": 1, "generic/3.7": 1, "generic/3.8": 1, "generic/3.9": 2 },
  ...{ "generic/3.10": 2, "generic/4": 4, "generic/5": 15 },
  ...{ "hpack/2.3.3": 1, "hpack/4.2": 1, "hpack/5.2": 3, "hpack/6.1": 1, "hpack/6.3": 1 },
  ...{ "http2/3.5": 2, "http2/4.1": 3, "http2/4.2": 3, "http2/4.3": 3, "http2/5.1": 13 },
  ...{ "http2/5.1.1": 2, "http2/5.1.2": 1, "http2/5.3.1": 2, "http2/5.4.1": 2, "http2/5.5": 2 },
  ...{ "http2/6.1": 3, "http2/6.2": 4, "http2/6.3": 2, "http2/6.4": 3, "http2/6.5": 3 },
  ...{ "http2/6.5.2": 5, "http2/6.5.3": 2, "http2/6.7": 4, "http2/6.8": 1, "http2/6.9": 3 },
  ...{ "http2/6.9.1": 3, "http2/6.9.2": 3, "http2/6.10": 6, "http2/7": 2, "http2/8.1": 1 },
  ...{ "http2/8.1.2": 1, "http2/8.1.2.1": 4, "http2/8.1.2.2": 2, "http2/8.1.2.3": 7 },
  ...{ "http2/8.1.2.6": 2, "http2/8.2": 1 },
};

/**
 * Tests of h2spec for rules of RFC 7540 that RFC 9113 has removed: a stream that depends on itself. RFC 9113 section
 * 5.3.2 deprecates the priority scheme, and its fields are ignored (sections 6.2 and 6.3).
 */
const OBSOLETE = ["http2/5.3.1/1", "http2/5.3.1/2"];

/**
 * Tests that need a response with content, or a stream that stays open. h2spec uses GET, to which a gRPC server
 * responds at once with 405 and no content, and the stream is closed before its test begins (RFC 9113 section 8.1).
 * These tests run through a relay that turns the requests into gRPC calls.
 */
const BY_CALLS = [
  // Frames on a half-closed stream, which must still send DATA.
  ...["generic/2/2", "generic/2/3"],
  // Frames after RST_STREAM. After one of ours they are ignored (section 5.1), so the call must stay open.
  ...["http2/5.1/8", "http2/5.1/9"],
  // The amount of DATA by the settings of windows.
  ...["http2/6.5.3/1", "http2/6.9.1/1", "http2/6.9.2/1", "http2/6.9.2/2"],
  // A window over 2^31-1 on an open stream.
  "http2/6.9.1/3",
  // Malformed trailers and content.
  ...["http2/8.1/1", "http2/8.1.2.1/3", "http2/8.1.2.6/1", "http2/8.1.2.6/2"],
];

/** Tests that need calls to stay open: more of them than the server allows. */
const BY_OPEN_CALLS = ["http2/5.1.2/1"];

const all = Object.entries(SECTIONS).flatMap(([section, tests]) =>
  Array.from({ length: tests }, (_, i) => `${section}/${i + 1}`)
);
const elsewhere = new Set([...OBSOLETE, ...BY_CALLS, ...BY_OPEN_CALLS]);
const direct = all.filter((name) => !elsewhere.has(name));

const [test, { SignerProcess }] = await gate(
  ["net", "env", "read", "sys", "ffi", "run"],
  async () => ({ ...await import("../../e2e/_signer.ts") }),
);
const testH2spec = peerTest(test, "h2spec");

/** Runs tests of h2spec, all of which must pass. */
async function pass(h2spec: string, port: number, tests: readonly string[]): Promise<void> {
  const { success, stdout } = await new Deno.Command(h2spec, {
    args: [
      ...["--strict", "-h", "127.0.0.1", "-p", String(port), "-o", "5"],
      ...["-P", "/signer.v1.EchoService/Echo", ...tests],
    ],
  }).output();
  const report = new TextDecoder().decode(stdout);
  assert.ok(success, report.slice(report.indexOf("Failures:")));
  const counts = /(\d+) tests, (\d+) passed, (\d+) skipped/.exec(report)!.slice(1).map(Number);
  assert.deepEqual(counts, [tests.length, tests.length, 0], report);
}

/** `EchoRequest { message: "h2spec" }`: a response of some octets, as the tests of windows need. */
const ECHO: Completion = {
  kind: "message",
  framed: framed(new TextEncoder().encode("\x0a\x06h2spec")),
};

for (const workers of ["0", "1"]) {
  const name = `--workers ${workers}: h2spec finds nothing at fault but ${OBSOLETE.join()}`;
  testH2spec(name, async (h2spec) => {
    assert.equal(all.length, 146);
    await using server = await SignerProcess.start(
      ...["--stack", "native", "--workers", workers],
      ...["--tcp", "127.0.0.1:0", "--generate", "ed25519"],
    );
    const port = Number(/:(\d+)$/.exec(server.addresses[0])![1]);
    await pass(h2spec, port, direct);
    await using calls = new CallingRelay(port, ECHO);
    await pass(h2spec, calls.port, BY_CALLS);
    await using openCalls = new CallingRelay(port, { kind: "never" });
    await pass(h2spec, openCalls.port, BY_OPEN_CALLS);
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(await server.log, /level=error/);
  });
}

/** The HTTP pages of `signer serve --metrics`: requests, answers and hosts. @module */
import assert from "node:assert/strict";
import { type Page, type PageRequest, respond } from "../../src/cli/serve/http.ts";
import { servedHosts } from "../../src/cli/serve/served_hosts.ts";
import { parseAddress } from "../../src/net/mod.ts";
import { logger } from "../../src/telemetry/mod.ts";

const page: Page = { status: 200, type: "text/plain", body: "é\n" };
const pages = new Map<string, (request: PageRequest) => Page>([
  ["/page", () => page],
  ["/accept", ({ accept }) => ({ ...page, body: accept })],
  ["/broken", () => {
    throw new Error("no such file: /secret/path");
  }],
]);

function answer(...head: string[]): Promise<string> {
  return respond(head.join("\r\n"), pages, () => true, logger("serve"));
}

const cases = [
  ["GET /page HTTP/1.1", 200],
  ["GET /page?a=b HTTP/1.1", 200],
  ["GET http://localhost:80/page HTTP/1.1", 200],
  ["GET /other HTTP/1.1", 404],
  ["POST /page HTTP/1.1", 405],
  ["GET page HTTP/1.1", 400],
  ["GET /page HTTP/2.0", 400],
  ["GET /page", 400],
  ["PRI * HTTP/2.0", 400],
  ["GET /broken HTTP/1.1", 500],
] as const;

for (const [line, status] of cases) {
  Deno.test(`"${line}" is answered with ${status}`, async () => {
    const text = await answer(line, "host: a");
    assert.ok(text.startsWith(`HTTP/1.1 ${status} `), text);
    assert.doesNotMatch(text, /secret/);
  });
}

Deno.test("content-length counts bytes, and HEAD has no body", async () => {
  assert.match(await answer("GET /page HTTP/1.1"), /content-length: 3\r\n.*\r\n\r\né\n$/s);
  assert.match(await answer("HEAD /page HTTP/1.1"), /content-length: 3\r\n.*\r\n\r\n$/s);
});

Deno.test("Accept fields are joined, whatever their case", async () => {
  assert.match(await answer("GET /accept HTTP/1.1", "ACCEPT: a", "accept:b"), /\r\n\r\na,b$/);
});

// "Host : a" and a Host after a bare line feed were no field Host, and a request without one is served.
Deno.test("fields that others may read otherwise are answered with 400", async () => {
  const wrong = ["Host : a", "a: b\nHost: a", "a: b\rHost: a", " Host: a", "Host", ": a", "a: \0"];
  for (const field of wrong) {
    assert.match(await answer("GET /page HTTP/1.1", field), /^HTTP\/1\.1 400 /, field);
  }
  assert.match(await answer("GET /page HTTP/1.1", "a:", "b:\t\xff"), /^HTTP\/1\.1 200 /);
});

/** Whether pages at an address are served to clients that name a host. */
const hosts = [
  ["127.0.0.1:9464", undefined, true],
  ["127.0.0.1:9464", "127.0.0.1:9464", true],
  ["127.0.0.1:9464", "[::1]:9464", true],
  ["127.0.0.1:9464", "10.0.0.1", true],
  ["127.0.0.1:9464", "LocalHost:9464", true],
  ["127.0.0.1:9464", "signer.localhost", true],
  ["127.0.0.1:9464", "metrics.example:80", true],
  ["127.0.0.1:9464", "evil.example:9464", false],
  ["127.0.0.1:9464", "127.0.0.1.evil.example", false],
  ["127.0.0.1:9464", "0x7f.1", false],
  ["127.0.0.1:9464", "localhost.evil.example", false],
  ["127.0.0.1:9464", "notlocalhost", false],
  ["127.0.0.1:9464", "", false],
  ["127.0.0.1:9464", "a:b:c", false],
  ["[::1]:9464", "evil.example", false],
  ["0.0.0.0:9464", "metrics.signer.svc:9464", true],
  ["10.0.0.1:9464", "evil.example", true],
  ["unix:/run/signer/metrics.sock", "evil.example", true],
] as const;

for (const [address, host, isServed] of hosts) {
  Deno.test(`pages at ${address} are ${isServed ? "served" : "refused"} by the host ${host}`, () => {
    assert.equal(servedHosts(parseAddress(address), ["Metrics.example"])(host), isServed);
  });
}

Deno.test("a request for a host that is not served gets 421, also in the absolute form", async () => {
  const status = async (...head: string[]) => {
    const isServed = (host: string | undefined) => host === "a";
    return (await respond(head.join("\r\n"), pages, isServed, logger("serve"))).slice(9, 12);
  };
  assert.equal(await status("GET /page HTTP/1.1", "host: a"), "200");
  assert.equal(await status("GET /page HTTP/1.1", "Host: b"), "421");
  assert.equal(await status("GET http://b/page HTTP/1.1", "host: a"), "421");
  assert.equal(await status("GET http://a/page HTTP/1.1", "host: b"), "200");
  assert.equal(await status("GET /page HTTP/1.1", "host: a", "host: b"), "400");
});

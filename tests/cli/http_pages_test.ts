import assert from "node:assert/strict";
import { type Page, type PageRequest, respond } from "../../src/cli/serve/http.ts";
import { logger } from "../../src/telemetry/mod.ts";

const page: Page = { status: 200, type: "text/plain", body: "é\n" };
const pages = new Map<string, (request: PageRequest) => Page>([
  ["/page", () => page],
  ["/accept", ({ accept }) => ({ ...page, body: accept })],
  ["/broken", () => {
    throw new Error("no such file: /secret/path");
  }],
]);

function answer(...head: string[]): string {
  return respond(head.join("\r\n"), pages, logger("serve"));
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
  Deno.test(`"${line}" is answered with ${status}`, () => {
    const text = answer(line, "host: a");
    assert.ok(text.startsWith(`HTTP/1.1 ${status} `), text);
    assert.doesNotMatch(text, /secret/);
  });
}

Deno.test("content-length counts bytes, and HEAD has no body", () => {
  assert.match(answer("GET /page HTTP/1.1"), /content-length: 3\r\n.*\r\n\r\né\n$/s);
  assert.match(answer("HEAD /page HTTP/1.1"), /content-length: 3\r\n.*\r\n\r\n$/s);
});

Deno.test("Accept fields are joined, whatever their case", () => {
  assert.match(answer("GET /accept HTTP/1.1", "ACCEPT: a", "accept:b"), /\r\n\r\na,b$/);
});

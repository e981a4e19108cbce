/**
 * A small HTTP/1.1 server for pages of the process: metrics and probes. It is not for untrusted networks. It uses
 * `src/net` and not Deno's server, so that it needs no permission for the network, and serves every transport.
 *
 * @module
 */
import { Acceptor, formatAddress, listen, sharedReactor } from "../../net/mod.ts";
import { toDuplex } from "../../net/duplex/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import type { Place } from "./places.ts";
import { type ServedHosts, servedHosts } from "./served_hosts.ts";

/**
 * 100 connections: more than are accepted in one turn (`Acceptor`), so that each is read before it is ended for a newer one. Scrapers and
 * probes have some.
 */
const MAX_CONNECTIONS = 100;

/** 8 KiB of request line and headers. */
const MAX_HEAD_BYTES = 8_192;

/** 10 s from the connection to the end of the response. */
const MAX_CONNECTION_MS = 10_000;

/** The part of a request that pages depend on. */
export interface PageRequest {
  /** The value of the header Accept. */
  readonly accept: string;
}

/** The answer to a request. */
export interface Page {
  readonly status: 200 | 503;
  readonly type: string;
  readonly body: string;
  /** The Content-Security-Policy of a page that is drawn; by default nothing is allowed. */
  readonly policy?: string;
}

/** Pages may neither load anything nor be shown within another. */
const NO_CONTENT = "default-src 'none'; frame-ancestors 'none'";

/** Pages by path. */
export type Pages = ReadonlyMap<string, (request: PageRequest) => Page | Promise<Page>>;

const REASONS = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** Options of `serve` for its pages. */
export interface HttpOptions {
  readonly unixMode: number;
  /** Names of hosts by which clients may ask for pages on a loopback address, besides `localhost`. */
  readonly metricsHost?: readonly string[];
}

/**
 * Serves pages until its disposal.
 *
 * @throws {NetError} when the address cannot be bound
 */
export async function openHttp(
  { address, fd }: Place,
  pages: Pages,
  { unixMode, metricsHost = [] }: HttpOptions,
  log: Logger,
): Promise<Disposable> {
  const listener = await listen(address, { unixMode, inherited: fd });
  const isServed = servedHosts(listener.address, metricsHost);
  const reactor = sharedReactor();
  const open = new Set<ReturnType<typeof toDuplex>>();
  const acceptor = new Acceptor(listener, reactor, {
    onConnection(socket) {
      if (open.size >= MAX_CONNECTIONS) endOldest(open);
      const connection = toDuplex(socket, reactor);
      const timer = setTimeout(() => connection.destroy(), MAX_CONNECTION_MS);
      open.add(connection);
      let head = "";
      let isAnswered = false;
      connection.on("data", (chunk: Uint8Array) => {
        if (isAnswered) return;
        // Latin-1: each byte is one character, as in RFC 9110 section 5.5.
        head += [...chunk.subarray(0, MAX_HEAD_BYTES)].map((b) => String.fromCharCode(b)).join("");
        const end = head.indexOf("\r\n\r\n");
        if (end < 0 && head.length < MAX_HEAD_BYTES) return;
        isAnswered = true;
        const answer = end < 0
          ? Promise.resolve(plain(431))
          : respond(head.slice(0, end), pages, isServed, log);
        answer.then((text) => connection.end(new TextEncoder().encode(text)));
      });
      connection.on("end", () => connection.end());
      connection.on("error", () => {});
      connection.on("close", () => {
        clearTimeout(timer);
        open.delete(connection);
      });
    },
  });
  log.info("Serving metrics", { address: formatAddress(listener.address) });
  return {
    [Symbol.dispose]() {
      acceptor.close();
      listener.close();
      for (const connection of open) connection.destroy();
    },
  };
}

/**
 * Ends the oldest connection, in favour of a newer one: else a peer with connections that send nothing would keep probes
 * out, and a failed probe of Kubernetes ends the server.
 */
function endOldest(open: Set<ReturnType<typeof toDuplex>>): void {
  for (const oldest of open) {
    open.delete(oldest);
    oldest.destroy();
    return;
  }
}

/** A field line: a name, a colon right after it, and no control character (RFC 9112 section 5, RFC 9110 section 5.5). */
// deno-lint-ignore no-control-regex -- control characters are refused here
const FIELD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*$/;

/** Returns the response to a request line and headers. */
export async function respond(
  head: string,
  pages: Pages,
  isServed: ServedHosts,
  log: Logger,
): Promise<string> {
  const [line, ...fields] = head.split("\r\n");
  // The absolute form has a scheme and an authority, which is used in the place of Host (RFC 9112 section 3.2.2).
  const request = /^([A-Z]+) (?:http:\/\/([^/ ]+))?(\/[^ ?]*)(?:\?[^ ]*)? HTTP\/1\.[01]$/.exec(
    line,
  );
  const hosts = valuesOf(fields, "host");
  // A field that is read otherwise by others could hide a host.
  if (request === null || hosts.length > 1 || !fields.every((field) => FIELD.test(field))) {
    return plain(400);
  }
  const [, method, authority = hosts[0], path] = request;
  if (!isServed(authority)) return plain(421);
  const page = pages.get(path);
  if (page === undefined) return plain(404);
  if (method !== "GET" && method !== "HEAD") return plain(405);
  try {
    const accept = valuesOf(fields, "accept").join(",");
    const { status, type, body, policy } = await page({ accept });
    return response(status, type, body, method === "HEAD", policy);
  } catch (error) {
    log.error("A page cannot be made", { path, error });
    return plain(500);
  }
}

/** Returns the values of a field in the head of a request. */
function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.filter((field) => field.toLowerCase().startsWith(`${name}:`))
    .map((field) => field.slice(name.length + 1).trim());
}

function plain(status: keyof typeof REASONS): string {
  return response(status, "text/plain; charset=utf-8", `${REASONS[status]}\n`, false);
}

function response(
  status: keyof typeof REASONS,
  type: string,
  body: string,
  isHead: boolean,
  policy = NO_CONTENT,
): string {
  return [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `content-type: ${type}`,
    `content-length: ${new TextEncoder().encode(body).length}`,
    "cache-control: no-store",
    "x-content-type-options: nosniff",
    "referrer-policy: no-referrer",
    `content-security-policy: ${policy}`,
    ...(status === 405 ? ["allow: GET, HEAD"] : []),
    "connection: close",
    "",
    isHead ? "" : body,
  ].join("\r\n");
}

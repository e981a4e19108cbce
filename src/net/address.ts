/**
 * Addresses to listen on and to dial, in the naming of gRPC and in URL forms:
 *
 * ```text
 * host:port   dns:host:port   dns:///host:port   tcp://host:port   ipv4:… ipv6:…   [::1]:50051
 * vsock:cid:port              vsock://cid:port          cid: a number, any, local (1), host (2)
 * unix:path                   unix:///absolute/path
 * unix-abstract:name
 * vsock+unix:path:port        vsock+unix:///absolute/path:port
 * ```
 *
 * @module
 */
import { libc } from "../ffi/mod.ts";
import { NetError } from "./errors.ts";
import { parseIp } from "./ip.ts";

/** An address to listen on or to dial. */
export type Address =
  /** `host` is a name or a numeric address, IPv6 without brackets. Port 0 listens on a free port. */
  | { readonly transport: "tcp"; readonly host: string; readonly port: number }
  /** Port 4294967295 listens on a free port, CID 4294967295 on every CID of this machine. */
  | { readonly transport: "vsock"; readonly cid: number; readonly port: number }
  | { readonly transport: "unix"; readonly path: string }
  | { readonly transport: "unix-abstract"; readonly name: string }
  /** A guest's vsock port behind the Unix socket of Firecracker or Cloud Hypervisor. */
  | { readonly transport: "vsock+unix"; readonly path: string; readonly port: number };

/** 107 bytes for the path or name of a Unix socket: `sun_path` has 108, with a NUL at the end (unix(7)). */
const MAX_UNIX_PATH_BYTES = 107;

/** 2^32 - 1: "any", as a CID and as a vsock port. Both have 32 bits. */
const VSOCK_ANY = libc.VMADDR_CID_ANY;

const CID_NAMES: Readonly<Record<string, number>> = {
  any: VSOCK_ANY,
  local: libc.VMADDR_CID_LOCAL,
  host: libc.VMADDR_CID_HOST,
};

const FORMS = "host:port, vsock:cid:port, unix:path, unix-abstract:name or vsock+unix:path:port";

/** A parser for each scheme, of the text after the colon. */
const SCHEMES: Readonly<Record<string, (rest: string, text: string) => Address>> = {
  tcp: (rest, text) => tcp(afterSlashes(rest, 2), text),
  dns: (rest, text) => tcp(rest.startsWith("//") ? withoutAuthority(rest, text) : rest, text),
  ipv4: tcp,
  ipv6: tcp,
  vsock: (rest, text) => vsock(afterSlashes(rest, 2), text, undefined),
  unix: (rest, text) => ({ transport: "unix", path: unixPath(rest, text) }),
  "unix-abstract": (rest, text) => {
    checkLength("abstract Unix socket name", rest, text);
    return { transport: "unix-abstract", name: rest };
  },
  "vsock+unix": hybrid,
};

/**
 * Parses an address in any of the forms above.
 *
 * @throws {NetError} `BAD_ADDRESS`
 */
export function parseAddress(text: string): Address {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(text)?.[1];
  if (scheme !== undefined && Object.hasOwn(SCHEMES, scheme)) {
    return SCHEMES[scheme](text.slice(scheme.length + 1), text);
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:(\/\/|[^:]*:)/.test(text)) {
    throw bad(text, `the scheme is not known; write ${FORMS}`);
  }
  return tcp(text, text);
}

/**
 * Parses the value of `--tcp host:port`.
 *
 * @throws {NetError} `BAD_ADDRESS`
 */
export function tcpAddress(text: string): Address {
  return tcp(text.startsWith("tcp://") ? text.slice(6) : text, text);
}

/**
 * Parses the value of `--vsock [cid:]port`. Without a CID it is `any`.
 *
 * @throws {NetError} `BAD_ADDRESS`
 */
export function vsockAddress(text: string): Address {
  return vsock(text.replace(/^vsock:(\/\/)?/, ""), text, VSOCK_ANY);
}

/**
 * Parses the value of `--unix path`.
 *
 * @throws {NetError} `BAD_ADDRESS`
 */
export function unixAddress(text: string): Address {
  return { transport: "unix", path: unixPath(text.replace(/^unix:/, ""), text) };
}

/** Formats an address; `parseAddress` reads the result. */
export function formatAddress(address: Address): string {
  switch (address.transport) {
    case "tcp":
      return `tcp://${hostAndPort(address.host, address.port)}`;
    case "vsock":
      return `vsock:${address.cid === VSOCK_ANY ? "any" : address.cid}:${
        address.port === VSOCK_ANY ? "any" : address.port
      }`;
    case "unix":
      return `unix:${address.path}`;
    case "unix-abstract":
      return `unix-abstract:${address.name}`;
    case "vsock+unix":
      return `vsock+unix:${address.path}:${address.port}`;
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function tcp(rest: string, text: string): Address {
  const bracketed = /^\[([^\]]*)\]:([^:]*)$/.exec(rest);
  const plain = /^([^:[\]/]+):([^:]*)$/.exec(rest);
  const match = bracketed ?? plain;
  if (match === null) {
    throw bad(text, "write host:port, with an IPv6 address in brackets: [::1]:50051");
  }
  const [, host, port] = match;
  if (bracketed !== null && parseIp(host)?.length !== 16) {
    throw bad(
      text,
      "the text in brackets is not an IPv6 address (zones such as %eth0 are not supported)",
    );
  }
  if (plain !== null && parseIp(host) === undefined && !isHostName(host)) {
    throw bad(text, `${JSON.stringify(host)} is neither a host name nor an IP address`);
  }
  return { transport: "tcp", host, port: integer(port, 0xffff, "port", text) };
}

/** RFC 1123 section 2.1, and underscores. A name of digits and dots alone is a mistyped IPv4 address. */
function isHostName(host: string): boolean {
  return host.length <= 253 && !/^[0-9.]+$/.test(host) &&
    host.replace(/\.$/, "").split(".").every((label) =>
      /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)
    );
}

function vsock(rest: string, text: string, defaultCid: number | undefined): Address {
  const parts = rest.split(":");
  if (parts.length === 1 && defaultCid !== undefined) {
    return { transport: "vsock", cid: defaultCid, port: vsockPort(parts[0], text) };
  }
  if (parts.length !== 2) throw bad(text, "write vsock:cid:port, such as vsock:3:5000");
  const cid = Object.hasOwn(CID_NAMES, parts[0])
    ? CID_NAMES[parts[0]]
    : unsigned(parts[0], "CID", "; or write any, local or host", text);
  return { transport: "vsock", cid, port: vsockPort(parts[1], text) };
}

function vsockPort(text: string, whole: string): number {
  return text === "any" ? VSOCK_ANY : unsigned(text, "port", "", whole);
}

/** Parses a number of 32 bits. The kernel's spellings of "any" are -1, -1U and 4294967295. */
function unsigned(digits: string, what: string, also: string, text: string): number {
  return /^-1[uU]?$/.test(digits) ? VSOCK_ANY : integer(digits, VSOCK_ANY, what, text, also);
}

function integer(digits: string, max: number, what: string, text: string, also = ""): number {
  const value = /^[0-9]{1,10}$/.test(digits) ? Number(digits) : NaN;
  if (!(value <= max)) {
    throw bad(text, `the ${what} must be a number from 0 to ${max}, not ${quote(digits)}${also}`);
  }
  return value;
}

function unixPath(rest: string, text: string): string {
  if (rest.startsWith("//") && !rest.startsWith("///")) {
    throw bad(text, "write unix:path or unix:///absolute/path: two slashes would name a host");
  }
  const path = rest.startsWith("///") ? rest.slice(2) : rest;
  if (path.startsWith("@")) {
    throw bad(text, "write unix-abstract:name for a socket in the abstract namespace");
  }
  checkLength("Unix socket path", path, text);
  return path;
}

function hybrid(rest: string, text: string): Address {
  const colon = rest.lastIndexOf(":");
  if (colon < 0) throw bad(text, "write vsock+unix:path:port, the port last");
  const path = unixPath(rest.slice(0, colon), text);
  const port = integer(rest.slice(colon + 1), VSOCK_ANY - 1, "port", text);
  // A guest that connects to the host reaches the socket file PATH_PORT.
  checkLength("Unix socket path with _port", `${path}_${port}`, text);
  return { transport: "vsock+unix", path, port };
}

function checkLength(what: string, value: string, text: string): void {
  const bytes = new TextEncoder().encode(value).length;
  if (bytes === 0) throw bad(text, `the ${what} is empty`);
  if (bytes > MAX_UNIX_PATH_BYTES) {
    throw bad(text, `the ${what} has ${bytes} bytes, and at most ${MAX_UNIX_PATH_BYTES} fit`);
  }
  if (value.includes("\0")) throw bad(text, `the ${what} holds a NUL`);
}

function afterSlashes(rest: string, count: number): string {
  return rest.startsWith("/".repeat(count)) ? rest.slice(count) : rest;
}

function withoutAuthority(rest: string, text: string): string {
  if (!rest.startsWith("///")) {
    throw bad(text, "name servers cannot be chosen; write dns:host:port or dns:///host:port");
  }
  return rest.slice(3);
}

function bad(text: string, why: string): NetError {
  return new NetError("BAD_ADDRESS", `Cannot read the address ${quote(text)}: ${why}`);
}

/** Quotes a text, cut to fit a line of a terminal. */
function quote(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 157)}...` : text);
}

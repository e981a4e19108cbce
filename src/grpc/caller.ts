/** Identities of callers. @module */
import type { SubjectNames } from "../crypto/x509/mod.ts";
import type { Peer } from "../net/mod.ts";

/**
 * The identity of a caller: the facts about its connection, and the token of the call. All calls of a connection
 * without a token have one object, and those with the same token another, so both can be keys of a `WeakMap`.
 */
export interface Caller {
  /** The TCP address, the vsock CID, or the uid, gid and pid of the process that opened a Unix socket. */
  readonly peer: Peer;
  /** Names in the verified certificate of the client; undefined without mutual TLS. */
  readonly certificate: SubjectNames | undefined;
  /** The name of the token that the call presented and the server accepted; undefined without one. */
  readonly token: string | undefined;
}

/** The formatted identities of callers that were asked for: logs name the same caller again and again. */
const formatted = new WeakMap<Caller, string>();

/**
 * Formats the identities of a caller for logs, the ones that prove the most first:
 * `token=deploy spiffe=spiffe://example.org/ci uid=1000 gid=1000 pid=7`.
 */
export function formatCaller(caller: Caller): string {
  const known = formatted.get(caller);
  if (known !== undefined) return known;
  const text = format(caller);
  formatted.set(caller, text);
  return text;
}

function format({ token, certificate, peer }: Caller): string {
  const parts: string[] = [];
  const add = (name: string, value: string | number | undefined) => {
    if (value === undefined || value === "") return;
    parts.push(`${name}=${/\s/.test(`${value}`) ? JSON.stringify(value) : value}`);
  };
  add("token", token);
  add("spiffe", certificate?.spiffeId);
  add("subject", certificate?.subject);
  // Many CAs leave the subject empty. Rules may have let the caller in by one of the other names.
  if (certificate !== undefined && !certificate.subject && certificate.spiffeId === undefined) {
    add("uri", certificate.uris[0]);
    add("dns", certificate.dnsNames[0]);
  }
  switch (peer.transport) {
    case "tcp":
      add("ip", peer.host);
      break;
    case "vsock":
      add("cid", peer.cid);
      break;
    case "unix":
      add("uid", peer.uid);
      add("gid", peer.gid);
      add("pid", peer.pid);
      break;
    case "unknown":
      if (parts.length === 0) return "unknown";
  }
  return parts.join(" ");
}

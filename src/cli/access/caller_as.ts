/** The caller that the options `--as` describe. @module */
import type { Caller } from "../../grpc/mod.ts";
import { usageError } from "../exit.ts";

const textProperties = ["token", "spiffe", "uri", "dns", "subject"];
const numberProperties = ["cid", "uid", "gid"];

/** A number that no user, group or guest has. */
const NONE = -1;

/**
 * Makes a caller of texts such as `token=deploy` and `uid=1000`.
 *
 * @throws {CliError}
 */
export function callerAs(texts: readonly string[]): Caller {
  const values = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf("=");
    const [name, value] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
    const isNumber = numberProperties.includes(name);
    if (
      value === "" || !isNumber && !textProperties.includes(name) ||
      isNumber && !/^\d{1,10}$/.test(value)
    ) {
      throw usageError(
        `--as ${JSON.stringify(text)} describes no caller`,
        "Write token=NAME, spiffe=ID, uri=URI, dns=NAME, subject=NAME, cid=N, uid=N or gid=N",
      );
    }
    values.set(name, [...values.get(name) ?? [], value]);
  }
  const one = (name: string) => values.get(name)?.at(-1);
  const number = (name: string) => one(name) === undefined ? undefined : Number(one(name));
  const [cid, uid, gid] = [number("cid"), number("uid"), number("gid")];
  if (cid !== undefined && (uid ?? gid) !== undefined) {
    throw usageError(
      "No caller has a cid and a uid or gid",
      "A connection is over vsock or a Unix socket",
    );
  }
  const spiffeId = one("spiffe");
  const uris = [...values.get("uri") ?? [], ...(spiffeId === undefined ? [] : [spiffeId])];
  const dnsNames = (values.get("dns") ?? []).map((name) => name.toLowerCase());
  const subject = one("subject");
  const isCertified = subject !== undefined || uris.length > 0 || dnsNames.length > 0;
  return {
    token: one("token"),
    certificate: isCertified ? { subject: subject ?? "", dnsNames, uris, spiffeId } : undefined,
    peer: cid !== undefined
      ? { transport: "vsock", cid, port: 0 }
      : uid !== undefined || gid !== undefined
      ? { transport: "unix", pid: NONE, uid: uid ?? NONE, gid: gid ?? NONE }
      : { transport: "unknown" },
  };
}

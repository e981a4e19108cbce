/** Log lines about revocation lists that expire soon. @module */
import { formatDistinguishedName } from "../../crypto/mod.ts";
import type { RevocationList } from "../../ffi/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";

const DAY_MS = 86_400_000;

/** A list is reported in the last quarter of its validity: lists are issued every few hours by some CAs, monthly by others. */
const LAST_PART = 1 / 4;

/** 7 days: the longest time before the end at which a list is reported. */
const MAX_NOTICE_MS = 7 * DAY_MS;

/** The validity of the revocation lists of an issuer, in milliseconds since 1970. */
export interface RevocationValidity {
  readonly issuer: string;
  /** Time from which the end is reported. */
  readonly noticeAt: number;
  /** Time from which OpenSSL accepts none of the lists. */
  readonly end: number;
}

/** Returns the validity of each issuer's lists. Of several, OpenSSL uses one that is valid. */
export function revocationValidity(lists: readonly RevocationList[]): RevocationValidity[] {
  const latest = new Map<string, RevocationValidity>();
  for (const { issuer: der, issuedAt, nextUpdate = Infinity } of lists) {
    const issuer = formatDistinguishedName(der);
    const notice = Math.min(MAX_NOTICE_MS, (nextUpdate - issuedAt) * LAST_PART);
    if ((latest.get(issuer)?.end ?? -Infinity) >= nextUpdate) continue;
    latest.set(issuer, { issuer, noticeAt: nextUpdate - notice, end: nextUpdate });
  }
  // A list without nextUpdate does not expire.
  return [...latest.values()].filter(({ end }) => end < Infinity);
}

/** Logs the revocation lists that expire soon or have expired: now, when one changes to that, and once a day. */
export class RevocationWatch implements Disposable {
  readonly #lists: () => readonly RevocationList[];
  readonly #log: Logger;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lists: () => readonly RevocationList[], log: Logger) {
    this.#lists = lists;
    this.#log = log;
    this.look();
  }

  look(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const lists = revocationValidity(this.#lists());
    for (const { issuer, noticeAt, end } of lists) {
      const fields = { issuer, expires: new Date(end).toISOString() };
      if (now >= end) this.#log.error("A revocation list has expired", fields);
      else if (now >= noticeAt) this.#log.warn("A revocation list expires soon", fields);
    }
    const changes = lists.flatMap(({ noticeAt, end }) => [noticeAt, end]).filter((at) => at > now);
    this.#timer = setTimeout(() => this.look(), Math.min(DAY_MS, ...changes.map((at) => at - now)));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

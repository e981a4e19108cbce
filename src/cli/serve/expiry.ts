/** Log lines about certificates that expire soon, and keys that soon cannot sign any more. @module */
import type { X509Certificate } from "node:crypto";
import { nodeCrypto } from "../../node/mod.ts";
import { type KeyDescription, signingEnd } from "../../crypto/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";

const DAY_MS = 86_400_000;

/** Days before the expiry at which each level of log line begins. Certificates of 90 days are renewed at 30. */
const LEVELS = [
  { days: 1, level: "error" },
  { days: 7, level: "warn" },
  { days: 30, level: "info" },
] as const;

/** The end of a certificate or a key, which is near or has passed. */
interface Ending {
  /** RFC 3339. */
  readonly expires: string;
  /** Whole days until then; negative afterwards. */
  readonly daysLeft: number;
  readonly level: "error" | "warn" | "info";
}

/** A certificate that expires soon, or has expired. */
interface ExpiringCertificate extends Ending {
  readonly subject: string;
}

/** A key of which no version signs in 30 days; without dates when none signs now. */
interface ExpiringKey extends Partial<Ending> {
  readonly key: string;
  readonly level: Ending["level"];
}

/** Describes an end within 30 days of a time; undefined for a later one. */
function ending(end: number, now: number): Ending | undefined {
  const found = LEVELS.find(({ days }) => end - now <= days * DAY_MS);
  if (found === undefined) return undefined;
  const daysLeft = Math.floor((end - now) / DAY_MS);
  return { expires: new Date(end).toISOString(), daysLeft, level: found.level };
}

/** Finds the keys of which no version signs in 30 days, or now. Keys that only verify are left out. */
export function expiringKeys(
  keys: readonly Pick<KeyDescription, "id" | "versions">[],
  now: number,
): ExpiringKey[] {
  return keys.flatMap(({ id, versions }): ExpiringKey[] => {
    const end = signingEnd(versions, now) ?? Infinity;
    if (end === now) return [{ key: id, level: "error" }];
    const near = ending(end, now);
    return near === undefined ? [] : [{ key: id, ...near }];
  });
}

/** Finds the certificates in PEM texts that expire within 30 days of a time, or have expired. */
export function expiringCertificates(
  texts: readonly Uint8Array[],
  now: number,
): ExpiringCertificate[] {
  return texts.flatMap(certificatesIn).flatMap(({ subject, validTo }) => {
    const end = ending(Date.parse(validTo), now);
    return end === undefined ? [] : [{ subject: subject.split("\n").join(", "), ...end }];
  });
}

/** The subject, serial number and end of validity, in milliseconds since 1970, of each certificate in PEM texts. */
function validityEnds(
  texts: readonly Uint8Array[],
): { subject: string; serial: string; end: number }[] {
  return texts.flatMap(certificatesIn).map(({ subject, serialNumber, validTo }) => ({
    subject: subject.split("\n").join(", "),
    serial: serialNumber,
    end: Date.parse(validTo),
  }));
}

/** The certificates of `validityEnds()`, each once where it is in two files. */
export function distinctCertificates(texts: readonly Uint8Array[]) {
  const all = validityEnds(texts).map((one) => [`${one.subject} ${one.serial}`, one] as const);
  return [...new Map(all).values()];
}

/** Logs the certificates and the keys that end soon: now, and once a day. */
export class ExpiryWatch implements Disposable {
  readonly #certificates: () => readonly Uint8Array[];
  readonly #keys: () => readonly KeyDescription[];
  readonly #log: Logger;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param certificates returns PEM texts */
  constructor(
    certificates: () => readonly Uint8Array[],
    keys: () => readonly KeyDescription[],
    log: Logger,
  ) {
    this.#certificates = certificates;
    this.#keys = keys;
    this.#log = log;
    this.#timer = setInterval(() => this.look(), DAY_MS);
    this.look();
  }

  look(): void {
    const now = Date.now();
    for (const { level, ...rest } of expiringCertificates(this.#certificates(), now)) {
      const message = rest.daysLeft < 0
        ? "A TLS certificate has expired"
        : "A TLS certificate expires soon";
      this.#log[level](message, { ...rest });
    }
    for (const { level, ...rest } of expiringKeys(this.#keys(), now)) {
      const message = rest.expires === undefined
        ? "A key has no version that signs now"
        : "A key will soon have no version that signs";
      this.#log[level](message, { ...rest });
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Parses each certificate of a PEM text that node:crypto can parse: OpenSSL has checked them all. */
function certificatesIn(pem: Uint8Array): X509Certificate[] {
  const blocks = new TextDecoder().decode(pem)
    .match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return [];
  const { X509Certificate } = nodeCrypto();
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

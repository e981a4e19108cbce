/** Log lines about certificates that expire soon. @module */
import { X509Certificate } from "node:crypto";
import type { Logger } from "../../telemetry/mod.ts";

const DAY_MS = 86_400_000;

/** Days before the expiry at which each level of log line begins. Certificates of 90 days are renewed at 30. */
const LEVELS = [
  { days: 1, level: "error" },
  { days: 7, level: "warn" },
  { days: 30, level: "info" },
] as const;

/** A certificate that expires soon, or has expired. */
export interface Expiring {
  readonly subject: string;
  readonly expires: string;
  /** Whole days until then; negative afterwards. */
  readonly daysLeft: number;
  readonly level: "error" | "warn" | "info";
}

/** Finds the certificates in PEM texts that expire within 30 days of a time, or have expired. */
export function expiringCertificates(texts: readonly Uint8Array[], now: number): Expiring[] {
  return texts.flatMap(certificatesIn).flatMap(({ subject, validTo }) => {
    const end = Date.parse(validTo);
    const daysLeft = Math.floor((end - now) / DAY_MS);
    const found = LEVELS.find(({ days }) => end - now <= days * DAY_MS);
    return found === undefined ? [] : [{
      subject: subject.split("\n").join(", "),
      expires: new Date(end).toISOString(),
      daysLeft,
      level: found.level,
    }];
  });
}

/** The subject, serial number and end of validity, in milliseconds since 1970, of each certificate in PEM texts. */
export function validityEnds(
  texts: readonly Uint8Array[],
): { subject: string; serial: string; end: number }[] {
  return texts.flatMap(certificatesIn).map(({ subject, serialNumber, validTo }) => ({
    subject: subject.split("\n").join(", "),
    serial: serialNumber,
    end: Date.parse(validTo),
  }));
}

/** Logs the certificates that expire soon: now, and once a day. */
export class ExpiryWatch implements Disposable {
  readonly #certificates: () => readonly Uint8Array[];
  readonly #log: Logger;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param certificates returns PEM texts */
  constructor(certificates: () => readonly Uint8Array[], log: Logger) {
    this.#certificates = certificates;
    this.#log = log;
    this.#timer = setInterval(() => this.look(), DAY_MS);
    this.look();
  }

  look(): void {
    for (
      const { level, daysLeft, ...rest } of expiringCertificates(this.#certificates(), Date.now())
    ) {
      const message = daysLeft < 0
        ? "A TLS certificate has expired"
        : "A TLS certificate expires soon";
      this.#log[level](message, { ...rest, daysLeft });
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
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

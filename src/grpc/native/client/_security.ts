/** TLS parameters of a connection, as callers read them. @module */
import { X509Certificate } from "node:crypto";
import type { TlsParameters } from "../../../net/mod.ts";
import type { ConnectionSecurity, PeerCertificate } from "../../mod.ts";

const MS_PER_DAY = 86_400_000;

/** The TLS of a connection, as it was after the handshake. */
export interface TransportTls {
  readonly parameters: TlsParameters;
  /** The server's certificate in DER. */
  readonly certificate: Uint8Array | undefined;
  /** The certificates by which it was verified, from itself to the CA's; none for a resumed session. */
  readonly chain: readonly Uint8Array[];
}

/** Describes the TLS of a connection, with the certificate parsed. */
export function connectionSecurity(
  { parameters, certificate, chain }: TransportTls,
): ConnectionSecurity {
  return {
    ...parameters,
    peerCertificate: certificate && parseCertificate(certificate),
    issuers: chain.slice(1).map((der) => parseCertificate(der)?.subject ?? "unknown"),
  };
}

/** Reads names and expiry of a certificate in DER. node:crypto puts each attribute of a name on a line. */
function parseCertificate(der: Uint8Array): PeerCertificate | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch {
    // OpenSSL has verified it: it has a form that node:crypto does not know.
    return undefined;
  }
  const { subject, issuer, validTo } = certificate;
  return {
    subject: subject.split("\n").join(", "),
    issuer: issuer.split("\n").join(", "),
    daysLeft: Math.floor((Date.parse(validTo) - Date.now()) / MS_PER_DAY),
  };
}

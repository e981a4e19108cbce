/** TLS parameters of a connection, as callers read them. @module */
import { X509Certificate } from "node:crypto";
import type { TlsParameters } from "../../../net/mod.ts";
import type { ConnectionSecurity, PeerCertificate } from "../../mod.ts";

const MS_PER_DAY = 86_400_000;

/** Describes the TLS parameters of a connection, with the certificate parsed. */
export function connectionSecurity(parameters: TlsParameters): ConnectionSecurity {
  const { version, cipher, resumed, peerCertificate } = parameters;
  return {
    version,
    cipher,
    resumed,
    peerCertificate: peerCertificate && parseCertificate(peerCertificate),
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

/** A CA with a server's and a client's certificate, for trials, tests and benchmarks of TLS. @module */
import { join } from "node:path";
import {
  type CryptoProvider,
  type DistinguishedName,
  encodeCertificate,
  encodePrivateKey,
  issueCertificate,
  type Issuer,
  type PrivateKey,
  writePrivateKeyFile,
  writePublicKeyFile,
} from "../crypto/mod.ts";

/** The key type of all three: the one whose handshakes are cheapest for a server. */
const KEY_TYPE = "ecdsa-p256";

/** Long enough for a trial, short enough that nobody depends on it in production. */
export const DEV_CA_DAYS = 90;

const DAY_MS = 86_400_000;

/** 1 h before the issue, at which certificates become valid: clocks of two machines differ. */
const CLOCK_SKEW_MS = 3_600_000;

/** Names of a server that is tried on its own machine. */
const DEFAULT_HOSTS = ["localhost", "127.0.0.1", "::1"] as const;

/** A certificate in PEM and its private key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The files of a development CA. */
export interface DevCaFiles {
  readonly ca: CertificateFiles;
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
}

/** Names the files of a development CA in a directory: `ca.pem`, `ca.key` and so on. */
export function devCaFiles(directory: string): DevCaFiles {
  const files = (name: string) => ({
    certificate: join(directory, `${name}.pem`),
    privateKey: join(directory, `${name}.key`),
  });
  return { ca: files("ca"), server: files("server"), client: files("client") };
}

/** Options of a development CA. */
export interface DevCaOptions {
  /** DNS names and IP addresses of the server, besides `localhost` and its addresses. */
  readonly hosts?: readonly string[];
  /** Replace files that are there. */
  readonly force?: boolean;
}

/**
 * Makes a CA and two certificates, each with its private key, mode 0600, in a directory that exists.
 *
 * @throws {CryptoError} `KEY_FILE`, `BAD_NAME`
 */
export async function writeDevCa(
  provider: CryptoProvider,
  { ca, server, client }: DevCaFiles,
  { hosts = [], force = false }: DevCaOptions = {},
): Promise<void> {
  using caKey = await provider.generate(KEY_TYPE);
  const issuer: Issuer = { name: [["CN", "signer development CA"]], key: caKey };
  await write(ca, { usage: "ca", subject: issuer.name, names: [] }, caKey, issuer, force);
  const contents = [
    [server, { usage: "server", subject: [["CN", "signer"]], names: [...DEFAULT_HOSTS, ...hosts] }],
    [client, { usage: "client", subject: [["CN", "client"]], names: ["DNS:client"] }],
  ] as const;
  for (const [files, content] of contents) {
    using key = await provider.generate(KEY_TYPE);
    await write(files, content, key, issuer, force);
  }
}

interface Content {
  readonly usage: "ca" | "server" | "client";
  readonly subject: DistinguishedName;
  readonly names: readonly string[];
}

async function write(
  { certificate, privateKey }: CertificateFiles,
  { usage, subject, names }: Content,
  key: PrivateKey,
  issuer: Issuer,
  force: boolean,
): Promise<void> {
  const now = Date.now();
  const der = issueCertificate({
    subject,
    publicKey: key.publicKey,
    usage,
    alternativeNames: names,
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(now + DEV_CA_DAYS * DAY_MS),
  }, issuer);
  const secret = encodePrivateKey(key, "pem");
  try {
    await writePrivateKeyFile(privateKey, secret, { force });
  } finally {
    secret.fill(0);
  }
  await writePublicKeyFile(certificate, encodeCertificate(der), { force });
}

/** `signer keygen --dev-ca`: a CA with a server's and a client's certificate, for trials and tests. @module */
import { join } from "node:path";
import {
  type DistinguishedName,
  encodeCertificate,
  encodePrivateKey,
  issueCertificate,
  type Issuer,
  type PrivateKey,
  writePrivateKeyFile,
  writePublicKeyFile,
} from "../../crypto/mod.ts";
import { usageError } from "../exit.ts";
import { note } from "../output.ts";
import { openChosenProvider } from "../provider.ts";
import { refuseUnwritable } from "./_refusals.ts";
import type { KeygenOptions } from "./options.ts";

/** The key type of all three: the one whose handshakes are cheapest for a server. */
const KEY_TYPE = "ecdsa-p256";

/** Long enough for a trial, short enough that nobody depends on it in production. */
const VALIDITY_DAYS = 90;

const DAY_MS = 86_400_000;

/** Certificates are valid this long before they are made: clocks of two machines differ. */
const CLOCK_SKEW_MS = 3_600_000;

/** Names of a server that is tried on its own machine. */
const DEFAULT_HOSTS = ["localhost", "127.0.0.1", "::1"] as const;

type Options = KeygenOptions & { readonly devCa: string };

/** One of the three certificates and its key. */
interface Wanted {
  readonly usage: "ca" | "server" | "client";
  readonly subject: DistinguishedName;
  readonly alternativeNames: readonly string[];
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * Makes `ca.pem`, `server.pem` and `client.pem` in a directory, each with its private key beside it
 * (`ca.key`), mode 0600. The directory is created where there is none.
 *
 * @throws {CliError} for a file that is there, unless `--force` is given
 * @throws {CryptoError} `KEY_FILE`, `BAD_NAME`
 */
export async function makeDevCa(options: Options): Promise<void> {
  const { devCa: directory, host = [] } = options;
  if (directory === "") throw usageError("The directory of --dev-ca is empty", "Name one");
  const wanted = (usage: Wanted["usage"], name: string, alternativeNames: string[]): Wanted => ({
    usage,
    subject: [["CN", name]],
    alternativeNames,
    certificate: join(directory, `${usage}.pem`),
    privateKey: join(directory, `${usage}.key`),
  });
  const ca = wanted("ca", "signer development CA", []);
  const server = wanted("server", "signer", [...DEFAULT_HOSTS, ...host]);
  const client = wanted("client", "client", ["DNS:client"]);
  await Deno.mkdir(directory, { recursive: true, mode: 0o755 });
  await refuseUnwritable(
    [ca, server, client].flatMap(({ certificate, privateKey }) => [certificate, privateKey]),
    options,
  );
  const provider = openChosenProvider(options.provider);
  using caKey = await provider.generate(KEY_TYPE);
  const issuer = { name: ca.subject, key: caKey };
  await write(ca, caKey, issuer, options);
  for (const each of [server, client]) {
    using key = await provider.generate(KEY_TYPE);
    await write(each, key, issuer, options);
  }
  note(
    `certificates for ${VALIDITY_DAYS} days are in ${directory}. Serve and call with mutual TLS:\n` +
      `  signer serve --tls-cert ${server.certificate} --tls-key ${server.privateKey} ` +
      `--tls-client-ca ${ca.certificate}\n` +
      `  signer call --tls-ca ${ca.certificate} --tls-cert ${client.certificate} ` +
      `--tls-key ${client.privateKey} echo hello`,
  );
}

async function write(
  { usage, subject, alternativeNames, certificate, privateKey }: Wanted,
  key: PrivateKey,
  issuer: Issuer,
  { force = false }: Options,
): Promise<void> {
  const now = Date.now();
  const der = issueCertificate({
    subject,
    publicKey: key.publicKey,
    usage,
    alternativeNames,
    notBefore: new Date(now - CLOCK_SKEW_MS),
    notAfter: new Date(now + VALIDITY_DAYS * DAY_MS),
  }, issuer);
  const secret = encodePrivateKey(key, "pem");
  try {
    await writePrivateKeyFile(privateKey, secret, { force });
  } finally {
    secret.fill(0);
  }
  await writePublicKeyFile(certificate, encodeCertificate(der), { force });
}

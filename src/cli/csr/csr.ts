/** The making of a certification request. @module */
import {
  type GetPublicKeyRequestInit,
  signingDefinition,
  type SignRequestInit,
} from "../../api/mod.ts";
import {
  type AlgorithmName,
  certificationRequest,
  encodeCertificationRequest,
  parseDistinguishedName,
} from "../../crypto/mod.ts";
import { chooseKey, type KeyOptions, namedKey } from "../client/keys/mod.ts";
import { Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { usageError } from "../exit.ts";
import { writeResult } from "../output.ts";
import { OutputFile } from "../output_file.ts";

/** The options of `csr`, as commander reads them. */
interface CsrOptions extends ConnectionOptions, KeyOptions {
  readonly subject: string;
  readonly san?: readonly string[];
  readonly format: "pem" | "der";
  readonly out?: string;
}

/**
 * `csr`: prints a request for a certificate of the server's key, which signs it by one call of Sign.
 *
 * @throws {CliError} for a failed call
 * @throws {CryptoError} `BAD_NAME`
 */
export async function csr(options: CsrOptions): Promise<void> {
  const { san = [], format } = options;
  const named = namedKey(options);
  if (named === undefined) {
    throw usageError("No key is named", "Name it with --key ID; signer call keys lists the keys");
  }
  if (format === "der" && options.out === undefined && Deno.stdout.isTerminal()) {
    throw usageError("DER cannot be shown on a terminal", "Name a file with --out, or use PEM");
  }
  const subject = parseDistinguishedName(options.subject);
  using out = options.out === undefined ? undefined : OutputFile.open(options.out);
  using session = await Session.open(options);
  const { key, algorithm } = await chooseKey(session, options);
  const { der } = await session.unary(signingDefinition.GetPublicKey, {
    ...key,
    format: "PUBLIC_KEY_FORMAT_DER",
  } as GetPublicKeyRequestInit);
  const request = await certificationRequest(
    {
      subject,
      spki: new Uint8Array(der!),
      alternativeNames: san,
      algorithm: algorithm as AlgorithmName,
    },
    async (message) => {
      const { signature } = await session.unary(signingDefinition.Sign, {
        ...key,
        algorithm,
        message,
      } as SignRequestInit);
      return new Uint8Array(signature);
    },
  );
  const content = format === "der" ? request : encodeCertificationRequest(request);
  if (out === undefined) writeResult(content);
  else out.write(content);
}

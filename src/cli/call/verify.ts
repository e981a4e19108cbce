/** `call verify`. @module */
import { existsSync } from "node:fs";
import { signingDefinition, type VerifyRequestInit } from "../../api/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { type Input, type InputOptions, readInput, type Source, sourcesOf } from "./input.ts";
import { readFile } from "../read_file.ts";
import {
  defaultAlgorithm,
  type KeyOptions,
  type KeySelector,
  namedKey,
} from "../client/keys/mod.ts";
import { parseBytes, Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { printResult, refuseRaw } from "./result.ts";
import { largestRequest, wireFormat } from "./sign.ts";

export interface VerifyOptions extends ConnectionOptions, KeyOptions, InputOptions {
  readonly format?: "der" | "p1363";
  readonly keyVersion?: number;
  readonly signature?: string;
  readonly signatureFile?: string;
}

/** `call verify [TEXT]`: prints the verdict, and exits with 1 when the signature is invalid. */
export async function verify(text: string | undefined, options: VerifyOptions): Promise<void> {
  refuseRaw(options.output, "verify");
  const named = namedKey(options);
  if (!named) {
    throw usageError(
      "No key is named",
      "Name the one that signed with --key ID or --key-type TYPE",
    );
  }
  const [source, ...more] = sourcesOf(text, options);
  if (more.length > 0) throw usageError("verify takes one file", "Give --in once");
  const signature = signatureBytes(options);
  using session = await Session.open(options);
  const { valid, keyId, algorithm, keyVersion } = await session.unary(signingDefinition.Verify, {
    ...named,
    ...await inputOf(session, source!, named, options),
    // Unset, the server takes the key's default, as Sign does.
    ...(options.algorithm === undefined ? {} : { algorithm: options.algorithm }),
    signatureFormat: wireFormat(options.format),
    signature,
    keyVersion: options.keyVersion ?? 0,
  } as VerifyRequestInit);
  printResult({
    text: () => [valid ? "valid" : "invalid"],
    json: () => ({ valid, keyId, algorithm, keyVersion }),
  }, options.output);
  if (valid) return;
  throw new CliError(
    ExitCode.failed,
    `The signature is not one of this input by key ${keyId} with ${algorithm}`,
    options.signatureFile !== undefined && looksLikeBase64(signature)
      ? { hint: `The file holds base64: use --signature "$(cat ${options.signatureFile})"` }
      : { hint: "Check the key, --algorithm, --format and --digest against how it was signed" },
  );
}

async function inputOf(
  session: Session,
  source: Source,
  named: KeySelector,
  options: VerifyOptions,
): Promise<Input> {
  const hashed = source.kind !== "text" && !options.digest;
  const algorithm = options.algorithm ?? (hashed ? await defaultAlgorithm(session, named) : "");
  return await readInput(source, options, algorithm, () => largestRequest(session));
}

function signatureBytes({ signature, signatureFile }: VerifyOptions): Uint8Array {
  if (signatureFile !== undefined) return readFile(signatureFile);
  if (signature === undefined) {
    throw usageError(
      "No signature is given",
      "Give it with --signature BASE64 or --signature-file FILE",
    );
  }
  // Letters and slashes are base64 too, and would be an invalid signature.
  if (existsSync(signature)) {
    throw usageError(
      `--signature ${JSON.stringify(signature)} is the name of a file`,
      "Name a file with --signature-file FILE",
    );
  }
  try {
    return parseBytes(signature.trim());
  } catch {
    throw usageError("--signature is not base64", "Bytes are read with --signature-file FILE");
  }
}

/** Returns true for a signature in text: random bytes are not all base64 digits. */
function looksLikeBase64(bytes: Uint8Array): boolean {
  return bytes.length > 0 && /^[A-Za-z0-9+/_=\s-]+$/.test(new TextDecoder("latin1").decode(bytes));
}

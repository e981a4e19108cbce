/** The files with secrets of a client: its token, and headers. @module */
import { usageError } from "../exit.ts";
import { readProtectedFile } from "../protected_file.ts";
import type { HeaderLine } from "./headers.ts";

/** 1 KiB: twice the longest token. */
const MAX_TOKEN_BYTES = 1_024;

/** 8 KiB: servers take no more of headers as a rule, and grpc-go and grpc-js send no more. */
const MAX_HEADER_BYTES = 8_192;

/**
 * Reads the token of `--token-file`.
 *
 * @throws {CliError} for a file without a token
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 */
export async function readClientToken(path: string): Promise<string> {
  const name = `Token file ${path}`;
  const token = (await readSecretFile(path, name, MAX_TOKEN_BYTES)).trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw usageError(`${name} holds no token`, "A token is one line of ASCII without spaces");
  }
  return token;
}

/**
 * Reads the file of `-H @FILE`, with a header on each line. Empty lines are skipped.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, or that others can access
 */
export async function readHeaderFile(path: string): Promise<HeaderLine[]> {
  const content = await readSecretFile(path, `Header file ${path}`, MAX_HEADER_BYTES);
  return content.split("\n")
    .map((line, at) => ({ text: line.trim(), place: `${path}:${at + 1}` }))
    .filter(({ text }) => text !== "");
}

async function readSecretFile(path: string, name: string, maxBytes: number): Promise<string> {
  const bytes = await readProtectedFile(path, name, {
    privacy: "private",
    maxBytes,
    allowInsecure: false,
  });
  try {
    return new TextDecoder().decode(bytes);
  } finally {
    bytes.fill(0);
  }
}

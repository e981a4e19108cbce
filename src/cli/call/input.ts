/** The inputs of `sign` and `verify`: text, files of any size, or standard input. @module */
import { createHash } from "node:crypto";
import { hashOf, unspecified } from "../client/keys/mod.ts";
import { cannotRead, readFile, readStandardInput } from "../read_file.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { withProgress } from "./progress.ts";

/** The options that name an input. */
export interface InputOptions {
  readonly in?: readonly string[];
  readonly digest?: boolean;
}

/** The signed or verified part of a request: a message, or its digest. */
export type Input = { readonly message: Uint8Array } | { readonly digest: Uint8Array };

/** One input, opened when it is read. */
export type Source =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "stdin" };

/**
 * Returns the inputs of a command: TEXT, else the files of `--in`, else standard input.
 *
 * @throws {CliError} for no input, for TEXT with `--in`, and for a file that does not exist
 */
export function sourcesOf(text: string | undefined, options: InputOptions): Source[] {
  const files = options.in ?? [];
  if (text !== undefined) {
    if (files.length > 0) throw usageError("TEXT and --in cannot be given together");
    if (options.digest) fromHex(text);
    return [{ kind: "text", text }];
  }
  if (files.length === 0 && Deno.stdin.isTerminal()) {
    throw usageError("There is no input", "Give TEXT, --in FILE, or --in - to type it");
  }
  const sources = files.length === 0 ? [stdin] : files.map(sourceOf);
  if (sources.filter(({ kind }) => kind === "stdin").length > 1) {
    throw usageError("Standard input can be read once", "Give --in - once");
  }
  return sources;
}

const stdin: Source = { kind: "stdin" };

function sourceOf(name: string): Source {
  if (name === "-") return stdin;
  try {
    // Not opened here: a pipe, such as that of `<(command)`, can be opened once only.
    if (Deno.statSync(name).isDirectory) throw new Error("It is a directory");
  } catch (cause) {
    throw cannotRead(name, cause);
  }
  return { kind: "file", name };
}

/** The name of a source in messages and results. */
export function sourceName(source: Source): string {
  return source.kind === "file" ? source.name : source.kind === "stdin" ? "-" : "TEXT";
}

/** The largest message that is sent unhashed and without asking the server for its limit. */
const smallMessage = 1024 * 1024;

/** Room in a request for the fields beside the message: the key's id, the algorithm, lengths. */
const requestOverhead = 1024;

/**
 * Reads an input for an algorithm. A file or standard input over 1 MiB is hashed while it is read and may
 * have any size. Smaller inputs and TEXT are sent unhashed, because some servers accept no digests.
 *
 * @param largestMessage asks the server for its limit on a request
 * @throws {CliError} for an input that cannot be read, or is too large for an algorithm without a digest
 */
export async function readInput(
  source: Source,
  { digest = false }: InputOptions,
  algorithm: string,
  largestMessage: () => Promise<number>,
): Promise<Input> {
  if (digest) return { digest: await digestBytes(source) };
  if (source.kind === "text") return { message: new TextEncoder().encode(source.text) };
  // The server has no such key and answers NOT_FOUND. No digest has one byte, so nothing can be signed.
  if (algorithm === unspecified) return { digest: new Uint8Array(1) };
  const hash = hashOf(algorithm);
  const hasher = hash === undefined ? undefined : createHash(hash);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let limit: number | undefined;
  await readChunks(source, async (chunk) => {
    size += chunk.length;
    hasher?.update(chunk);
    if (hasher && size > smallMessage) return;
    if (size > smallMessage) {
      limit ??= await largestMessage() - requestOverhead;
      if (size > limit) throw tooLarge(source, algorithm, limit);
    }
    chunks.push(chunk.slice());
  });
  if (hasher && size > smallMessage) return { digest: new Uint8Array(hasher.digest()) };
  return { message: await new Blob(chunks as BlobPart[]).bytes() };
}

async function digestBytes(source: Source): Promise<Uint8Array> {
  if (source.kind === "file") return readFile(source.name);
  if (source.kind === "stdin") return await readStandardInput();
  return fromHex(source.text);
}

function fromHex(text: string): Uint8Array {
  if (/^([0-9a-fA-F]{2})+$/.test(text)) return Uint8Array.fromHex(text);
  throw usageError(
    `The digest ${JSON.stringify(text)} is not hexadecimal`,
    "A digest as bytes is read with --in FILE or from standard input",
  );
}

function tooLarge(source: Source, algorithm: string, limit: number): CliError {
  return new CliError(
    ExitCode.failed,
    `${
      JSON.stringify(sourceName(source))
    } is over ${limit} bytes, the most that the server takes, and ` +
      `${algorithm} signs the message itself and not a digest of it (RFC 8032)`,
    { hint: "Sign with an RSA or ECDSA key, or sign the file of its digest" },
  );
}

/** The size of one read, in bytes. */
const chunkSize = 256 * 1024;

async function readChunks(
  source: Source & { kind: "file" | "stdin" },
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  if (source.kind === "stdin") {
    for await (const chunk of Deno.stdin.readable) await take(chunk);
    return;
  }
  const { name } = source;
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(name);
    using progress = withProgress(name, file.statSync().size);
    const buffer = new Uint8Array(chunkSize);
    for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
      await take(buffer.subarray(0, read));
      progress.advance(read);
    }
  } catch (cause) {
    throw cause instanceof CliError ? cause : cannotRead(name, cause);
  } finally {
    file?.close();
  }
}

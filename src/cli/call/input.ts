import { readFile } from "../client/read_file.ts";
import { usageError } from "../exit.ts";

/** Where the bytes of a request come from. */
export interface InputOptions {
  readonly in?: string;
  readonly digest?: boolean;
}

/** What is signed or verified: a message, or its digest. */
export type Input = { readonly message: Uint8Array } | { readonly digest: Uint8Array };

/**
 * What is to be signed: TEXT, else the file of `--in`, else standard input. With `--digest` it is the
 * digest: TEXT in hexadecimal, a file or standard input as bytes.
 *
 * @throws {CliError} when there is nothing, or two things, or the file cannot be read
 */
export async function readInput(text: string | undefined, options: InputOptions): Promise<Input> {
  const bytes = await inputBytes(text, options);
  return options.digest ? { digest: bytes } : { message: bytes };
}

async function inputBytes(text: string | undefined, options: InputOptions): Promise<Uint8Array> {
  if (text === undefined) return await readSource(options.in);
  if (options.in !== undefined) throw usageError("TEXT and --in cannot be given together");
  return options.digest ? fromHex(text) : new TextEncoder().encode(text);
}

function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})+$/.test(text)) {
    throw usageError(
      `The digest ${JSON.stringify(text)} is not hexadecimal`,
      "A digest as bytes is read with --in FILE or from standard input",
    );
  }
  return Uint8Array.fromHex(text);
}

async function readSource(file: string | undefined): Promise<Uint8Array> {
  if (file !== undefined && file !== "-") return readFile(file);
  if (file === undefined && Deno.stdin.isTerminal()) {
    throw usageError("There is nothing to sign", "Give TEXT, --in FILE, or --in - to type it");
  }
  return await new Response(Deno.stdin.readable).bytes();
}

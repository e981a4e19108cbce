/** `call sign`. @module */
import { basename, join } from "node:path";
import {
  serverInfoDefinition,
  signingDefinition,
  type SignRequestInit,
  type SignResponse,
} from "../../api/mod.ts";
import { type Choice, chooseKey, type KeyOptions, namedKey } from "../client/keys/mod.ts";
import { printBytes, Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { usageError } from "../exit.ts";
import { isFolder } from "../file_status.ts";
import { note } from "../output.ts";
import { OutputFile } from "../output_file.ts";
import { type InputOptions, readInput, type Source, sourceName, sourcesOf } from "./input.ts";
import { openOut, printResult, type Result } from "./result.ts";

export interface SignOptions extends ConnectionOptions, KeyOptions, InputOptions {
  readonly format?: "der" | "p1363";
  readonly out?: string;
}

/** A signature of one input. */
interface Signed {
  readonly source: Source;
  readonly response: SignResponse;
}

/** `call sign [TEXT]`: prints the signature in base64, or writes its bytes to the file of `--out`. */
export async function sign(text: string | undefined, options: SignOptions): Promise<void> {
  const sources = sourcesOf(text, options);
  if (sources.length > 1) return await signFiles(sources, options);
  using out = openOut(options.out);
  using session = await Session.open(options);
  const choice = await choose(session, options);
  printResult(
    resultOf(await signOne(session, sources[0]!, choice, options)),
    options.output ?? (options.out === undefined ? "text" : "raw"),
    out,
  );
}

/**
 * Signs several files with one key. Prints a line for each signature, or writes `NAME.sig` files to the folder
 * of `--out` once all signatures have been made.
 */
async function signFiles(sources: readonly Source[], options: SignOptions): Promise<void> {
  if (options.output === "raw" && options.out === undefined) {
    throw usageError("--output raw does not fit several files", "Name a folder with --out");
  }
  using outs = openOuts(sources, options.out);
  using session = await Session.open(options);
  const choice = await choose(session, options);
  const all: Signed[] = [];
  for (const source of sources) all.push(await signOne(session, source, choice, options));
  if (options.out === undefined) {
    return printResult({
      text: () =>
        all.map((each) => `${printBytes(each.response.signature)}  ${sourceName(each.source)}`),
      json: () => all.map(jsonOf),
    }, options.output);
  }
  for (const [index, file] of outs.files.entries()) {
    printResult(resultOf(all[index]!), options.output ?? "raw", file);
  }
}

/** Opens the files for several signatures before the work. */
function openOuts(sources: readonly Source[], folder: string | undefined) {
  const files: OutputFile[] = [];
  const opened = {
    files,
    [Symbol.dispose]: () => files.forEach((file) => file[Symbol.dispose]()),
  };
  if (folder === undefined) return opened;
  const names = sources.map((source) => `${basename(sourceName(source))}.sig`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usageError(`Two of the files would have the signature ${twice}`);
  if (!isFolder(folder)) {
    throw usageError(
      `--out ${JSON.stringify(folder)} is not a folder`,
      "With several files, name a folder for their signatures",
    );
  }
  try {
    for (const name of names) files.push(OutputFile.open(join(folder, name)));
  } catch (error) {
    opened[Symbol.dispose]();
    throw error;
  }
  return opened;
}

/** Chooses the key and the algorithm, and prints both when the options name no key. */
async function choose(session: Session, options: SignOptions): Promise<Choice> {
  const choice = await chooseKey(session, options);
  const id = "keyId" in choice.key ? choice.key.keyId : choice.key.keyType;
  if (options.verbose || !namedKey(options)) note(`signing by ${choice.algorithm} with key ${id}`);
  return choice;
}

async function signOne(
  session: Session,
  source: Source,
  { key, algorithm }: Choice,
  options: SignOptions,
): Promise<Signed> {
  const input = await readInput(source, options, algorithm, () => largestRequest(session));
  const response = await session.unary(signingDefinition.Sign, {
    ...key,
    ...input,
    algorithm,
    signatureFormat: wireFormat(options.format),
  } as SignRequestInit);
  return { source, response };
}

/** Asks the server for its limit on a request, in bytes. */
export async function largestRequest(session: Session): Promise<number> {
  const { limits } = await session.unary(serverInfoDefinition.GetServerInfo, {});
  return limits?.maxRequestBytes ?? Infinity;
}

function resultOf(signed: Signed): Result {
  return {
    text: () => [printBytes(signed.response.signature)],
    json: () => jsonOf(signed),
    raw: () => signed.response.signature,
  };
}

function jsonOf({ source, response: { signature, ...rest } }: Signed): object {
  const file = source.kind === "file" ? { file: source.name } : {};
  return { ...file, signature: printBytes(signature), ...rest };
}

/** The protocol's name of a signature format. */
export function wireFormat(format: "der" | "p1363" = "der"): string {
  return `SIGNATURE_FORMAT_${format.toUpperCase()}`;
}

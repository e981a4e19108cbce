/** `call pipeline check`, `nodes` and `run`. @module */
import { type NamedValue, type NamedValueInit, pipelineDefinition } from "../../api/mod.ts";
import type { Manifest } from "../../pipeline/mod.ts";
import { Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { loadManifest, wireManifest } from "../client/pipelines/mod.ts";
import { usageError } from "../exit.ts";
import { writeResult } from "../output.ts";
import { OutputFile } from "../output_file.ts";
import { readFile, readStandardInput } from "../read_file.ts";
import { contentOf, jsonOf, textOf } from "./pipeline_values.ts";
import { printResult } from "./result.ts";

export interface RunOptions extends ConnectionOptions {
  readonly in?: readonly string[];
  readonly out?: readonly string[];
}

/** `call pipeline check MANIFEST`: validates a manifest without a server. */
export function check(file: string, { output }: ConnectionOptions): void {
  const { name, nodes, inputs, outputs } = loadManifest(file);
  printResult({
    text: () => [
      `${nodes.length} node${nodes.length === 1 ? "" : "s"}, inputs ${
        inputs.join(", ") || "none"
      }, outputs ${outputs.join(", ")}`,
    ],
    json: () => ({ name, nodes: nodes.length, inputs, outputs }),
  }, output);
}

/** `call pipeline nodes`: lists the types of nodes of a server. */
export async function nodes(options: ConnectionOptions): Promise<void> {
  using session = await Session.open(options);
  const { nodeTypes } = await session.unary(pipelineDefinition.GetVersion, {});
  printResult({
    text: () =>
      nodeTypes.flatMap(({ type, description, parameters }) => [
        `${type}: ${description}`,
        ...parameters.map(({ name, description, values, defaultJson }) => {
          const initial = defaultJson === "" ? "" : ` (default: ${defaultJson})`;
          return `    ${name}: ${description}; ${values}${initial}`;
        }),
      ]),
    json: () => nodeTypes,
  }, options.output);
}

/**
 * `call pipeline run MANIFEST`: sends files as inputs. Prints the outputs that are not written to files of `--out`, unless
 * one of them is standard output.
 */
export async function run(file: string, options: RunOptions): Promise<void> {
  const manifest = loadManifest(file);
  const inputs = await readInputs(manifest, options.in ?? []);
  using files = new OutputFiles(manifest, options.out ?? []);
  using session = await Session.open(options);
  const { outputs, metrics } = await session.unary(pipelineDefinition.ExecutePipeline, {
    manifest: wireManifest(manifest),
    inputs,
  });
  const shown = files.write(outputs);
  if (files.haveStdout || (shown.length === 0 && outputs.length > 0)) return;
  printResult({
    text: () => shown.map((value) => `${value.name}: ${textOf(value)}`),
    json: () => ({ outputs: shown.map(jsonOf), metrics }),
  }, options.output);
}

/** Reads the files of `--in`: `NAME=FILE`, or FILE for the only input. `-` is standard input. */
async function readInputs(
  { inputs }: Manifest,
  given: readonly string[],
): Promise<NamedValueInit[]> {
  const files = new Map<string, string>();
  for (const text of given) {
    const only = inputs.length === 1 ? inputs[0] : undefined;
    const { name = only, path } = splitName(text, inputs, "--in", "INPUT");
    if (name === undefined) {
      throw usageError(
        `--in ${JSON.stringify(text)} names no input`,
        `Write INPUT=FILE; the inputs are ${inputs.join(", ") || "none"}`,
      );
    }
    if (files.has(name)) throw usageError(`--in is given twice for the input ${name}`);
    files.set(name, path);
  }
  const missing = inputs.find((name) => !files.has(name));
  if (missing !== undefined) {
    throw usageError(`The input ${missing} has no file`, `Write --in ${missing}=FILE`);
  }
  if ([...files.values()].filter((path) => path === "-").length > 1) {
    throw usageError("Standard input can be read once", "Give --in - once");
  }
  return await Promise.all(Array.from(files, async ([name, path]) => {
    const isStdin = path === "-";
    return {
      name,
      data: isStdin ? await readStandardInput() : readFile(path),
    };
  }));
}

/** A name before `=`, as ids of nodes are written. */
const NAMED = /^([A-Za-z][A-Za-z0-9_.-]*)=/;

/** Splits `NAME=FILE`; FILE alone has no name. @throws {CliError} for a name that is not among the known ones */
function splitName(
  text: string,
  names: readonly string[],
  option: string,
  what: string,
): { readonly name?: string; readonly path: string } {
  const name = NAMED.exec(text)?.[1];
  if (name === undefined) return { path: text };
  if (names.includes(name)) return { name, path: text.slice(name.length + 1) };
  throw usageError(
    `${option} ${JSON.stringify(text)} names no ${what.toLowerCase()}`,
    `Write ${what}=FILE with one of ${names.join(", ") || "none"}; ./${text} is a path`,
  );
}

/** A file, or standard output. */
interface Target {
  write(content: string | Uint8Array): void;
}

/** The files of `--out`: `NAME=FILE`, or FILE for the only output that has bytes. `-` is standard output. */
class OutputFiles implements Disposable {
  readonly #stack = new DisposableStack();
  readonly #byName = new Map<string, Target>();
  readonly #unnamed: Target[] = [];
  #haveStdout = false;

  constructor({ outputs }: Manifest, given: readonly string[]) {
    try {
      for (const text of given) this.#open(text, outputs);
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  /** True when one of them is standard output. */
  get haveStdout(): boolean {
    return this.#haveStdout;
  }

  /** Writes outputs to their files. Returns the others. */
  write(outputs: readonly NamedValue[]): NamedValue[] {
    const [unnamed] = this.#unnamed;
    const rest = outputs.filter(({ name }) => !this.#byName.has(name));
    const data = rest.filter(({ value }) => value === "data");
    if (unnamed !== undefined && data.length !== 1) {
      throw usageError(
        `--out FILE takes the only output with bytes, and there are ${data.length}`,
        `Write OUTPUT=FILE; the outputs are ${outputs.map(({ name }) => name).join(", ")}`,
      );
    }
    for (const output of outputs) this.#byName.get(output.name)?.write(contentOf(output));
    unnamed?.write(contentOf(data[0]!));
    return unnamed === undefined ? rest : rest.filter((output) => output !== data[0]);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  #open(text: string, outputs: readonly string[]): void {
    const { name, path } = splitName(text, outputs, "--out", "OUTPUT");
    const file = path === "-" ? this.#openStdout() : this.#stack.use(OutputFile.open(path));
    if (name !== undefined) this.#byName.set(name, file);
    else if (this.#unnamed.push(file) > 1) {
      throw usageError("--out FILE is given twice", "Write OUTPUT=FILE");
    }
  }

  #openStdout(): Target {
    if (this.#haveStdout) {
      throw usageError("Standard output can take one output", "Give --out - once");
    }
    this.#haveStdout = true;
    return { write: writeResult };
  }
}

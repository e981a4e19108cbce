/** Sources of passphrases: files, and a prompt. @module */
import { usageError } from "../exit.ts";
import { askHidden } from "./prompt.ts";

/** The environment variable that held a passphrase, in earlier versions. */
const FORMER_VARIABLE = "SIGNER_PASSPHRASE";

/** The command-line options that name the source of a passphrase. */
export interface PassphraseOptions {
  /** `--passphrase-file`: a file that holds one line, or `-` for standard input. */
  readonly passphraseFile?: string | undefined;
  /** `--passphrase-prompt`: ask for it. */
  readonly passphrasePrompt?: boolean | undefined;
}

/**
 * The passphrases of keys that are read: from the file of the options, which is for all keys, else from a prompt for each
 * key. At the start of a command the file may be a pipe or standard input: that is read once, and its passphrase is kept
 * until the disposal. Later, as at a reload of a server, nobody is asked, and the file must be a regular one.
 */
export class Passphrases implements Disposable {
  readonly #options: PassphraseOptions;
  readonly #when: "start" | "later";
  /** The passphrase of a file that can be read once only. */
  #kept: Uint8Array<ArrayBuffer> | undefined;

  constructor(options: PassphraseOptions, when: "start" | "later") {
    this.#options = options;
    this.#when = when;
  }

  /**
   * Returns the passphrase of a key. The caller zeroes it.
   *
   * @param question for the prompt, such as `Passphrase of key.pem: `
   * @throws {CliError} when the named source has none, and when there is nobody to ask
   */
  async read(question: string): Promise<Uint8Array<ArrayBuffer>> {
    const { passphraseFile: path, passphrasePrompt } = this.#options;
    if (path !== undefined) return await this.#readFile(path);
    if (!passphrasePrompt) refuseFormerVariable();
    const isStart = this.#when === "start";
    if (!isStart || !passphrasePrompt && !Deno.stdin.isTerminal()) {
      const why = isStart ? "there is no terminal to ask at" : "it is not asked for now";
      throw usageError(
        `${question.replace(/[: ]+$/, "")}: none was given, and ${why}`,
        "Name a file that holds it with --passphrase-file",
      );
    }
    const [answer] = await askHidden([question]);
    return answer!;
  }

  async #readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    // Loaded here, as help lists these options, too.
    const { readPassphraseFile, readRegularPassphraseFile } = await import("./file.ts");
    if (this.#when === "later") return await readRegularPassphraseFile(path);
    if (this.#kept !== undefined) return this.#kept.slice();
    const { passphrase, isRegular } = await readPassphraseFile(path);
    if (!isRegular) this.#kept = passphrase.slice();
    return passphrase;
  }

  [Symbol.dispose](): void {
    this.#kept?.fill(0);
    this.#kept = undefined;
  }
}

/**
 * Returns the passphrase of a new key from the file of the options or a prompt, which asks twice. Undefined
 * when the options name neither. The caller zeroes it.
 *
 * @throws {CliError} when the named source has none, and when the two answers differ
 */
export async function passphraseToCreate(
  options: PassphraseOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (options.passphraseFile !== undefined) {
    const { readPassphraseFile } = await import("./file.ts");
    return (await readPassphraseFile(options.passphraseFile)).passphrase;
  }
  if (options.passphrasePrompt) return await askTwice();
  refuseFormerVariable();
  return undefined;
}

/**
 * Refuses the variable of a passphrase, where nothing else names one: other processes of the user can read it.
 * A warning would not do, as `keygen` would write a key without encryption.
 */
function refuseFormerVariable(): void {
  if (!Deno.env.get(FORMER_VARIABLE)) return;
  throw usageError(
    `${FORMER_VARIABLE} is set, but no passphrase is read from the environment`,
    "Unset it, and name a file that holds the passphrase with --passphrase-file",
  );
}

async function askTwice(): Promise<Uint8Array<ArrayBuffer>> {
  const [first, second] = await askHidden(["New passphrase: ", "The same again: "]);
  const same = first!.length === second!.length && first!.every((byte, at) => byte === second![at]);
  second!.fill(0);
  if (same && first!.length > 0) return first!;
  first!.fill(0);
  throw usageError(same ? "The passphrase is empty" : "The two passphrases differ");
}

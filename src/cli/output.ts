/**
 * Output of the program:
 *
 * - Results go to standard output, and nothing else does, so that it can be piped.
 * - Everything else goes to standard error. Each line begins with `signer: `, except for help and public
 *   keys. With `--log-format json`, each line is JSON. In systemd's journal, the level of the line stands before it.
 * - An error is one line that names the wrong value, and a hint with advice.
 * - Colours and spinners are for terminals only, and never with NO_COLOR set.
 * - Text is escaped in this module, so that no control character of a peer reaches a terminal. Only bytes
 *   (`--output raw`) and `writeTerminal()` are written unchanged.
 * - No secret is printed, except for a private key that `keygen` prints on request.
 * - When the reader of standard output closes it (`signer … | head`), the program ends without an error.
 *   When standard error cannot be written, because its reader has closed it or the disk of its file is full, the program
 *   goes on.
 *
 * @module
 */
import type { LayerError } from "../errors/mod.ts";
import { CliError, ExitCode } from "./exit.ts";
import { printable, printableLines } from "../printable/mod.ts";

const encoder = new TextEncoder();

/** The reader of standard output has closed it: the program ends with exit code 0. */
export class OutputClosed extends Error implements LayerError<"cli"> {
  override readonly name = "OutputClosed";
  readonly layer = "cli";
  readonly code = "OUTPUT_CLOSED";
}

/**
 * Writes all of a result to standard output: text escaped except for line feeds and tabs, bytes unchanged.
 *
 * @throws {OutputClosed} when the reader has closed it
 * @throws {CliError} for another error, such as a full disk
 */
export function writeResult(result: string | Uint8Array): void {
  try {
    writeAll(
      Deno.stdout,
      typeof result === "string" ? encoder.encode(printableLines(result)) : result,
    );
  } catch (cause) {
    if (!(cause instanceof Deno.errors.BrokenPipe)) {
      const message = `Cannot write to standard output: ${(cause as Error).message}`;
      throw new CliError(ExitCode.failed, message, { cause });
    }
    throw new OutputClosed("Standard output was closed by its reader", { cause });
  }
}

/** Writes text of one or more lines to standard error, without a prefix. */
export function writeDiagnostic(text: string): void {
  writeTerminal(printableLines(text));
}

let writeStandardError = (bytes: Uint8Array): void => writeAll(Deno.stderr, bytes);

/** Has text for standard error written by `write` from now on. A server may not wait for a reader that has stopped. */
export function redirectStandardError(write: typeof writeStandardError): void {
  writeStandardError = write;
}

/** Writes to a terminal on standard error, control characters included: never a peer's text. */
export function writeTerminal(text: string): void {
  try {
    writeStandardError(encoder.encode(text));
  } catch {
    // There is no other place to report it, and the command itself has not failed.
  }
}

/** A message for people, on standard error. */
export interface Diagnostic {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** Advice on an error. */
  readonly hint?: string | undefined;
}

/** Prints one line that is not a result. */
export function note(message: string): void {
  report({ level: "info", message });
}

/** Prints a warning, a line about an unusual choice of the user. The command goes on. */
export function warn(message: string): void {
  report({ level: "warn", message });
}

/** Prints the error that ended the command, and a hint with advice, a line each. */
export function fail(message: string, hint?: string): void {
  report({ level: "error", message, hint: hint || undefined });
}

/** Hands diagnostics to `write` from now on, in place of writing them as text. */
export function redirectDiagnostics(write: (diagnostic: Diagnostic) => void): void {
  report = write;
}

const labels = { info: "", warn: "warning: ", error: "error: " } as const;

let prefixOf = (_level: Diagnostic["level"]): string => "";

/** Begins each line of a diagnostic with the prefix of its level from now on. */
export function prefixDiagnostics(prefix: typeof prefixOf): void {
  prefixOf = prefix;
}

let report = ({ level, message, hint }: Diagnostic): void => {
  const prefix = prefixOf(level);
  writeLine(prefix, `${labels[level]}${message}`);
  if (hint !== undefined) writeLine(prefix, `hint: ${hint}`);
};

/** Escapes line feeds too, so that the text of a peer cannot begin a line that looks like one of this program. */
function writeLine(prefix: string, line: string): void {
  writeTerminal(`${prefix}signer: ${printable(line)}\n`);
}

/** Writes all bytes: `writeSync()` may write a part of them, as write(2) does. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += stream.writeSync(bytes.subarray(written));
  }
}

/** A file that a command writes its result to: checked before the work, and written whole or not at all. @module */
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { usageError } from "./exit.ts";

/**
 * An output file named on the command line.
 *
 * A regular file is written to a temporary file in the same directory and then renamed over the target
 * (rename(2)), so a reader sees the old content or the new content, never a part. A device, a FIFO or a
 * socket is opened and written in place. A symbolic link is followed, and a replaced file keeps its mode.
 */
export class OutputFile implements Disposable {
  readonly #path: string;
  readonly #target: Target;

  private constructor(path: string, target: Target) {
    this.#path = path;
    this.#target = target;
  }

  /**
   * Prepares an output file, so that a path that cannot be written is an error before the work starts.
   *
   * @throws {CliError} with exit code 2 for an empty path, a directory, or a path that cannot be written
   */
  static open(path: string): OutputFile {
    if (path === "") throw usageError("The name of the output file is empty", "Name a file, or -");
    try {
      return new OutputFile(path, targetOf(path));
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  }

  /**
   * Writes the whole content. To be called once.
   *
   * @throws {CliError} with exit code 2 when it fails; a regular file is then left as it was
   */
  write(content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    try {
      if (this.#target.kind === "in_place") {
        writeTo(this.#target.path, bytes, { write: true });
      } else {
        const { path, temporary, mode } = this.#target;
        writeTo(temporary, bytes, { write: true });
        if (mode !== undefined) Deno.chmodSync(temporary, mode);
        Deno.renameSync(temporary, path);
      }
    } catch (cause) {
      throw cannotWrite(this.#path, cause);
    }
  }

  /** Removes the temporary file if nothing was written. */
  [Symbol.dispose](): void {
    if (this.#target.kind === "in_place") return;
    try {
      Deno.removeSync(this.#target.temporary);
    } catch (error) {
      // It has been renamed.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

type Target =
  | { readonly kind: "in_place"; readonly path: string }
  | {
    readonly kind: "renamed";
    readonly path: string;
    readonly temporary: string;
    /** The mode of the file that is replaced; undefined when there is none. */
    readonly mode: number | undefined;
  };

function targetOf(named: string): Target {
  const existing = statOf(named);
  if (existing?.isDirectory) throw new Error("it is a directory");
  if (existing !== undefined && !existing.isFile) return { kind: "in_place", path: named };
  const path = existing === undefined ? named : Deno.realPathSync(named);
  // A file that its user may not write is not replaced either.
  if (existing !== undefined) Deno.openSync(path, { write: true }).close();
  const suffix = randomBytes(8).toString("hex");
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${suffix}`);
  Deno.openSync(temporary, { write: true, createNew: true, mode: 0o666 }).close();
  return {
    kind: "renamed",
    path,
    temporary,
    mode: existing?.mode == null ? undefined : existing.mode & 0o777,
  };
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function writeTo(path: string, bytes: Uint8Array, options: Deno.OpenOptions): void {
  using file = Deno.openSync(path, options);
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}

function cannotWrite(path: string, cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause), { cause });
  const reason = cause instanceof Deno.errors.NotFound
    ? "its directory does not exist"
    : cause.message;
  return usageError(`Cannot write ${JSON.stringify(path)}: ${reason}`);
}

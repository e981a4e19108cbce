/** The place where audit lines are written to. @module */
import { AuditError } from "./errors.ts";

/** A file, or standard error. It can be posted to other threads of the process. */
export type AuditTarget =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stderr" };

/** An open target. Each write goes to the end of the file (O_APPEND), whatever other threads write there. */
export interface Sink extends Disposable {
  /** Writes bytes. Returns the number of bytes written, and the error that prevented the rest. */
  write(bytes: Uint8Array): { readonly written: number; readonly failure?: Error };
}

/**
 * Opens a target. A file is created with mode 0600.
 *
 * @throws {AuditError} `AUDIT_FILE`
 */
export function openSink(target: AuditTarget): Sink {
  if (target.kind === "stderr") return sinkOf(Deno.stderr);
  const file = openFile(target.path);
  return { ...sinkOf(file), [Symbol.dispose]: () => file.close() };
}

/** Makes the sink of an open file, which stays the caller's to close. */
export function sinkOf(output: { writeSync(bytes: Uint8Array): number }): Sink {
  return {
    write(bytes) {
      let written = 0;
      try {
        while (written < bytes.length) written += output.writeSync(bytes.subarray(written));
        return { written };
      } catch (failure) {
        return { written, failure: failure as Error };
      }
    },
    [Symbol.dispose]() {},
  };
}

/**
 * Opens the file of a target, which is created with mode 0600.
 *
 * @param read opens it to be read, too
 * @throws {AuditError} `AUDIT_FILE`
 */
export function openFile(path: string, read = false): Deno.FsFile {
  try {
    return Deno.openSync(path, { read, append: true, create: true, mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const message = `The audit file ${JSON.stringify(path)} cannot be opened: ${reasonOf(cause)}`;
    throw new AuditError("AUDIT_FILE", message, { cause });
  }
}

/** Returns the reason in an error of openSync() with `create`. */
function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not write it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  return error.message;
}

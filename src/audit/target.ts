/** The place where audit lines are written to. @module */
import type { LogTarget } from "../telemetry/mod.ts";
import { AuditError } from "./errors.ts";
import { type Sink, sinkOf } from "./sink.ts";
import { stderrSink } from "./stderr_sink.ts";

/** A file, or standard error. It can be posted to other threads of the process. */
export type AuditTarget =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stderr"; readonly output: LogTarget };

/**
 * Opens a target. A file is created with mode 0600.
 *
 * @throws {AuditError} `AUDIT_FILE`
 */
export function openSink(target: AuditTarget): Sink {
  if (target.kind === "stderr") return stderrSink(target.output);
  const file = openFile(target.path);
  return { ...sinkOf(file), [Symbol.dispose]: () => file.close() };
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

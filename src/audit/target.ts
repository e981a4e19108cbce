/** The place where audit lines are written to. @module */
import { type LogTarget, openOutputPipe } from "../telemetry/mod.ts";
import { AuditError } from "./errors.ts";
import { pipeSink } from "./pipe_sink.ts";
import { type Sink, sinkOf } from "./sink.ts";

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
  if (target.kind === "stderr") return pipeSink(target.output);
  const pipe = isPipe(target.path) ? attempt(target.path, openOutputPipe) : undefined;
  if (pipe !== undefined) {
    return { ...pipeSink(pipe.target), [Symbol.dispose]: () => pipe[Symbol.dispose]() };
  }
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
  const options = { read, append: true, create: true, mode: 0o600 };
  return attempt(path, () => Deno.openSync(path, options));
}

/** Returns true for a named pipe or a device: opening one as a file waits for its reader. */
function isPipe(path: string): boolean {
  try {
    const { isFile, isDirectory } = Deno.statSync(path);
    return !isFile && !isDirectory;
  } catch {
    return false;
  }
}

function attempt<T>(path: string, open: (path: string) => T): T {
  try {
    return open(path);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const message = `The audit file ${JSON.stringify(path)} cannot be opened: ${reasonOf(cause)}`;
    throw new AuditError("AUDIT_FILE", message, { cause });
  }
}

/** Returns the reason in an error of openSync() with `create`, or of open(2). */
function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "its folder does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not write it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if ("code" in error && error.code === "ENXIO") return "no process reads the pipe";
  return error.message;
}

/** Errors of files that are read. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";

export type FileErrorCode = ErrorCodes["files"];

/** The failure of an attempt to read a file. */
export class FileError extends Error implements LayerError<"files"> {
  override readonly name = "FileError";
  readonly layer = "files";
  readonly code: FileErrorCode;
  /** The end of a sentence about the file, such as `there is no such file`. */
  readonly reason: string;

  constructor(code: FileErrorCode, path: string, reason: string, options?: ErrorOptions) {
    super(`Cannot read ${JSON.stringify(path)}: ${reason}`, options);
    this.code = code;
    this.reason = reason;
  }
}

/** Returns the error of a file of which a function of Deno or Node.js has thrown `cause`. */
export function failureOf(path: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause;
  const code = codeOf(cause) === "ENOENT" ? "NOT_FOUND" : "UNREADABLE";
  return new FileError(code, path, reasonOf(cause), { cause });
}

const MIB = 1024 * 1024;

/** Returns the error of a file with more than `maxBytes` bytes. */
export function tooLarge(path: string, maxBytes: number): FileError {
  const limit = maxBytes % MIB === 0 ? `${maxBytes / MIB} MiB` : `${maxBytes} bytes`;
  return new FileError("TOO_LARGE", path, `it has more than ${limit}`);
}

/** Reasons by the codes that Deno's and Node.js's file systems share. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a folder",
  // Opening a socket (open(2)).
  ENXIO: "it is a socket",
};

/** Returns the reason in an error of Deno's or Node.js's file system. */
export function reasonOf(error: unknown): string {
  if (error instanceof FileError) return error.reason;
  const known = reasons[codeOf(error)];
  if (known !== undefined) return known;
  // Deno adds the errno, and the path again.
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/s, "") : String(error);
}

function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? "";
}

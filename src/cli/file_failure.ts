/** The hint for a file that is missing. @module */

/**
 * Returns the hint for a file that is missing; undefined for any other error.
 *
 * @param error an error of `src/files`, or of Deno's or Node.js's file system, or one that it has caused
 */
export function missingFileHint(error: unknown): string | undefined {
  if (!isMissing(error) && !isMissing((error as Error).cause)) return undefined;
  return "Check the path; a relative one begins at the working directory";
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    ["ENOENT", "NOT_FOUND"].includes((error as { code?: string } | undefined)?.code ?? "");
}

/** Reasons why a file cannot be read, in the words of this program. @module */

/** Returns the reason in an error of Deno's file system. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  // Deno adds the errno, and the path again.
  return error instanceof Error ? error.message.replace(/ \(os error \d+\).*/s, "") : String(error);
}

/**
 * Returns the hint for a file that is missing; undefined for any other error.
 *
 * @param error an error of Deno's or Node.js's file system, or one that it has caused
 */
export function missingFileHint(error: unknown): string | undefined {
  const isMissing = (each: unknown) =>
    each instanceof Deno.errors.NotFound || (each as { code?: string })?.code === "ENOENT";
  if (!isMissing(error) && !isMissing((error as Error).cause)) return undefined;
  return "Check the path; a relative one begins at the working directory";
}

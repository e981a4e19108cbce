/** Reasons why a file cannot be read, in the words of this program. @module */

/** Reasons by the codes that Deno's and Node.js's file systems share. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder",
  // Opening a socket (open(2)).
  ENXIO: "it is a socket",
};

/** Returns the reason in an error of Deno's or Node.js's file system. */
export function reasonOf(error: unknown): string {
  const known = reasons[(error as { code?: string })?.code ?? ""];
  if (known !== undefined) return known;
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

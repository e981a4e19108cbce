/** Temporary folders of tests. @module */

/** Runs `body` with a temporary folder, and removes the folder. */
export async function inFolder(body: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

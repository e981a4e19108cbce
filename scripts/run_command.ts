/** Commands that scripts run to the end. @module */

/**
 * Runs a command, and returns its standard output.
 *
 * @throws {Error} with its standard error, when it fails
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: Pick<Deno.CommandOptions, "cwd"> = {},
): Promise<string> {
  const child = new Deno.Command(command, { args: [...args], ...options });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new Error(
    `${[command, ...args].join(" ")} exited with ${code}:\n${decoder.decode(stderr)}`,
  );
}

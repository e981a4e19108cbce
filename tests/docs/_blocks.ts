/** Shell commands in the project's pages. @module */

/** A fenced block of a page. */
export interface Block {
  /** The number of its first line. */
  readonly line: number;
  readonly text: string;
  /** The reason in ` ```sh not-run="REASON" `; undefined for a block that is run. */
  readonly notRun: string | undefined;
}

/**
 * Finds the blocks of a page that begin with ` ```sh `.
 *
 * @throws {Error} for words after `sh` that are not understood, and for commands in another block
 */
export function shellBlocks(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { language: string; info: string; line: number; text: string[] } | undefined;
  for (const [at, line] of page.split("\n").entries()) {
    const fence = /^\s*```(\w*)\s*(.*)$/.exec(line);
    if (open === undefined) {
      if (fence) open = { language: fence[1], info: fence[2], line: at + 2, text: [] };
    } else if (!fence) {
      if (open.language !== "sh" && /^\s*\$ /.test(line)) {
        throw new Error(`Line ${at + 1}: a command has its place in a block of sh`);
      }
      open.text.push(line);
    } else {
      if (open.language === "sh") {
        const reason = /^(?:not-run="(.+)")?$/.exec(open.info);
        if (!reason) throw new Error(`Line ${open.line - 1}: \`\`\`sh ${open.info}`);
        blocks.push({ line: open.line, text: open.text.join("\n"), notRun: reason[1] });
      }
      open = undefined;
    }
  }
  return blocks;
}

/** Ports of the pages, which tests replace by free ones. */
export const knownPorts = [50051, 50052, 9464] as const;

/**
 * Returns the blocks that are run as one script, for any machine: ports are replaced by others, addresses of other
 * machines by this one's, and those of vsock by Unix sockets in the working directory. Servers are not in the background.
 */
export function runnable(blocks: readonly Block[], ports: readonly number[]): string {
  let text = blocks.filter(({ notRun }) => notRun === undefined).map(({ text }) => text).join("\n");
  knownPorts.forEach((known, i) => text = text.replaceAll(String(known), String(ports[i])));
  return text
    .replace(/\b(10\.0\.0\.\d+|0\.0\.0\.0):/g, "127.0.0.1:")
    // The program of the tests returns when the server is ready.
    .replace(/^(signer serve .*) &$/gm, "$1")
    .replace(/--vsock (\d+)/g, "--unix vsock-$1")
    .replace(/\bvsock:\w+:(\d+)/g, "unix:vsock-$1");
}

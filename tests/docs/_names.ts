/** Command lines in the project's pages, and the names in them. @module */
import type { Command } from "commander";
import { join } from "node:path";

/** Commands that pages write without the name of the program, as in `serve --metrics`. */
const short = /^(serve|call|bench|keygen|csr|token|access|audit|config|doctor|debug|boot) /;

/** Returns the command lines of a page: those in its blocks, and the code between its words. */
export function commandLines(page: string): string[] {
  const blocks: string[] = [];
  const prose = page.replace(/^\s*```.*\n([\s\S]*?)^\s*```$/gm, (_, block: string) => {
    blocks.push(block.replaceAll("\\\n", " "));
    return "";
  });
  const code = [...prose.matchAll(/`([^`]+)`/g)].map(([, text]) => text.replace(/\s+/g, " "));
  const spans = code.flatMap((text) => {
    if (/^(signer|deno task) \S/.test(text)) return [text];
    return short.test(text) ? [`signer ${text}`] : [];
  });
  const lines = blocks.flatMap((block) =>
    [...block.matchAll(
      /(?:^|[|;&(] ?|\$ |= ?\d+ )(?:\w+=\S* )*((?:signer|deno task) [^|;&#)\n]*)/gm,
    )]
      .map(([, line]) => line)
  );
  return [...spans, ...lines];
}

/**
 * Returns the names in a command line that do not exist: commands, options, or tasks of `deno.json`.
 *
 * @param program the command tree with all options
 */
export function unknownNames(program: Command, tasks: object, line: string): string[] {
  const [first, ...words] = line.trim().split(/\s+/);
  if (first === "deno") {
    const [, task] = words;
    if (task === "signer") return unknownNames(program, tasks, words.slice(1).join(" "));
    return /^[a-z:]+$/.test(task) && !Object.hasOwn(tasks, task) ? [task] : [];
  }
  const unknown: string[] = [];
  let command = program;
  let isValue = false;
  for (const given of words) {
    const word = given.replace(/^\[|[\],.]+$/g, "");
    if (word === "--") break;
    if (/^--?[a-z]/i.test(word)) {
      const [flag, value] = word.split("=");
      const option = optionOf(command, flag);
      if (!option && flag !== "--help" && flag !== "-h") unknown.push(flag);
      isValue = Boolean(option?.required) && value === undefined;
      continue;
    }
    // A method is called by `call invoke`, whose name may be left out.
    const name = /[./]/.test(word) ? "invoke" : word;
    const next = command.commands.find((each) => each.name() === name);
    if (isValue) isValue = false;
    else if (next) command = next;
    else if (
      command.commands.length > 0 && command.registeredArguments.length === 0 &&
      /^[a-z][a-z-]*$/.test(word)
    ) unknown.push(word);
  }
  return unknown;
}

function optionOf(command: Command, flag: string) {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const found = at.options.find(({ long, short }) => flag === long || flag === short);
    if (found) return found;
  }
}

/** Reads the pages of the project, by their paths. */
export async function readPages(root: string): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  async function read(folder: string): Promise<void> {
    for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
      const path = join(folder, name);
      if (isDirectory && ["docs", "docs/clients", "deploy"].includes(path)) await read(path);
      else if (name.endsWith(".md")) pages[path] = await Deno.readTextFile(join(root, path));
    }
  }
  await read(".");
  return pages;
}

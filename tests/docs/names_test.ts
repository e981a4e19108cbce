/** The commands, options and tasks that the pages name: all of them exist. @module */
import assert from "node:assert/strict";
import type { Command } from "commander";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { v8Flags } from "../../src/cli/v8_flags.ts";
import { gate } from "../_support/gate.ts";
import { commandLines, readPages, unknownNames } from "./_names.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const [test, { program, pages }] = await gate(
  ["env", "ffi", "read", "sys"],
  async () => ({
    program: await (await import("../../src/cli/program.ts")).loadProgram() as Command,
    pages: await readPages(root),
  }),
);

Deno.test("command lines are those in code, between words and in blocks", () => {
  const page = "Use `signer call\nsign --key ID`, or `deno task demo`.\n\n" +
    "```sh\nsigner serve --generate ed25519 &   # a server\nSIGNER_X=1 signer call | signer csr\n```\n";
  assert.deepEqual(commandLines(page), [
    "signer call sign --key ID",
    "deno task demo",
    "signer serve --generate ed25519 ",
    "signer call ",
    "signer csr",
  ]);
});

test("a name that does not exist is found", () => {
  const cases = {
    "signer serve --generat ed25519": "--generat",
    "signer config chek FILE": "chek",
    "signer fly": "fly",
    "signer call sign --key --context prod --in=FILE": undefined,
    "deno task fly": "fly",
    "deno task test:guest": undefined,
  };
  for (const [line, name] of Object.entries(cases)) {
    assert.deepEqual(unknownNames(program, config.tasks, line), name ? [name] : [], line);
  }
});

test("the pages name commands, options and tasks that exist", () => {
  const lines = Object.entries(pages).flatMap(([name, text]) =>
    commandLines(text).map((line) => [name, line])
  );
  assert.ok(lines.length > 200, `${lines.length}`);
  const unknown = lines.flatMap(([page, line]) =>
    unknownNames(program, config.tasks, line).map((name) => `${join(page)}: ${name} in ${line}`)
  );
  assert.deepEqual(unknown, []);
});

test("the pages and the tasks run the program with its options of V8", () => {
  const texts = [...Object.values(pages), JSON.stringify(config.tasks)];
  const flags = texts.flatMap((text) =>
    text.match(/--v8-flags=--max-semi-space-size=\S+?(?=[\s`"])/g) ?? []
  );
  assert.ok(flags.length > 3, `${flags.length}`);
  assert.deepEqual([...new Set(flags)], [`--v8-flags=${v8Flags}`]);
});

test("the help of each command begins with examples, which name commands and options that exist", () => {
  const unknown: string[] = [];
  let commands = 0;
  const visit = (command: Command, path: string) => {
    commands++;
    const examples = examplesOf(command);
    // The word invoke may be left out.
    const shown = path.replace(" invoke", "");
    assert.ok(examples.some((line) => line.includes(shown)), `${path} --help: ${examples}`);
    for (const line of examples.flatMap((line) => commandLines(`\`\`\`sh\n${line}\n\`\`\`\n`))) {
      unknown.push(...unknownNames(program, config.tasks, line).map((name) => `${line}: ${name}`));
    }
    for (const each of command.createHelp().visibleCommands(command)) {
      if (each.name() !== "help") visit(each, `${path} ${each.name()}`);
    }
  };
  visit(program, "signer");
  assert.deepEqual(unknown, []);
  assert.ok(commands > 40, `${commands}`);
});

/** Returns the examples at the top of the help of a command. */
function examplesOf(command: Command): string[] {
  let help = "";
  command.configureOutput({ writeOut: (text) => help += text });
  command.outputHelp();
  const [, lines = ""] = /^EXAMPLES\n((?: {2}.*\n)+)\nUsage:/.exec(help) ?? [];
  return lines.split("\n").filter(Boolean).map((line) => line.trim());
}

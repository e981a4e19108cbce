/**
 * The commands of the README and of the pages in docs/: each ` ```sh ` block is run, or says why not:
 * ` ```sh not-run="needs Docker" `. The blocks of a page are one script, in a folder of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../_support/free_ports.ts";
import { gate } from "../_support/gate.ts";
import { isInstalled } from "../_support/is_installed.ts";
import { type Block, knownPorts, runnable, shellBlocks } from "./_blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const [test, pages] = await gate(
  ["net", "env", "read", "write", "sys", "ffi", "run"],
  async () => Object.fromEntries(await readPages(root, ["README.md", "docs"])),
);

/** Programs of pages, beside those of every system. */
const programs = ["openssl", "curl"] as const;

/** 120 s for the commands of a page. */
const PATIENCE_MS = 120_000;

test("there are pages with commands", () => {
  assert.ok(Object.values(pages).filter((text) => shellBlocks(text).length > 0).length > 5);
});

for (const [name, text] of Object.entries(pages).sort()) {
  const blocks = shellBlocks(text);
  const commands = runnable(blocks, knownPorts);
  if (commands.trim() === "") continue;
  const missing = programs.filter((program) =>
    new RegExp(`\\b${program} `).test(commands) && !isInstalled(program)
  );
  const reason = missing.length > 0 ? ` (needs ${missing.join(", ")})` : "";
  test({
    name: `the commands of ${name} run${reason}`,
    ignore: missing.length > 0,
    fn: () => runPage(blocks),
  });
}

/** Runs a page's commands in a folder that has the program as `signer`, and a copy of `proto`. */
async function runPage(blocks: readonly Block[]): Promise<void> {
  const ports = freePorts(knownPorts.length);
  const folder = await Deno.makeTempDir({ prefix: "signer-docs-" });
  const servers = join(folder, "servers");
  await Deno.writeTextFile(servers, "");
  const bin = join(folder, "bin");
  const work = join(folder, "work");
  await Deno.mkdir(bin);
  await Deno.mkdir(work);
  await Deno.symlink(join(root, "proto"), join(work, "proto"));
  const deno = Deno.execPath();
  const signer = `#!/bin/sh\nexec "${deno}" run --quiet -P=test --config "${root}/deno.json" ` +
    `"${root}/tests/docs/_signer.ts" "$@"\n`;
  await Deno.writeTextFile(join(bin, "signer"), signer, { mode: 0o755 });
  const task = `#!/bin/sh\n[ "$1 $2" = "task signer" ] || exit 99\nshift 2\nexec signer "$@"\n`;
  await Deno.writeTextFile(join(bin, "deno"), task, { mode: 0o755 });
  try {
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-eux", "-c", runnable(blocks, ports)],
      cwd: work,
      env: {
        PATH: `${bin}:${Deno.env.get("PATH")}`,
        SIGNER_ADDRESS: `127.0.0.1:${ports[0]}`,
        DOCS_SERVERS: servers,
      },
      stdin: "null",
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  } finally {
    for (const pid of (await Deno.readTextFile(servers)).split("\n").filter(Boolean)) {
      try {
        Deno.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await Deno.remove(folder, { recursive: true });
  }
}

/** Reads the pages of files and folders below `root`, by their paths. */
async function readPages(root: string, paths: readonly string[]): Promise<[string, string][]> {
  const pages: [string, string][] = [];
  for (const path of paths) {
    if (path.endsWith(".md")) pages.push([path, await Deno.readTextFile(join(root, path))]);
    else if ((await Deno.stat(join(root, path))).isDirectory) {
      const names = [...Deno.readDirSync(join(root, path))].map(({ name }) => join(path, name));
      pages.push(...await readPages(root, names));
    }
  }
  return pages;
}

/** The manual pages of `deno task man`. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { peerTest } from "../_support/peers.ts";

const [test, loaded] = await gate(["env", "ffi", "read", "run", "sys", "write"], async () => {
  const { loadProgram } = await import("../../src/cli/program.ts");
  const { manualPages } = await import("../../scripts/man/page.ts");
  const program = await loadProgram();
  return { program, pages: manualPages(program, { version: "1.2.3", date: "2026-11-26" }) };
});
const { program, pages } = loaded;

test("there is a page for the program, each command and each subcommand", () => {
  for (const name of ["signer", "signer-serve", "signer-call-sign", "signer-bench-compare"]) {
    assert.ok(pages.has(`${name}.1`), name);
  }
  const listed = program.commands.map((command) => command.name()).filter((name) =>
    name !== "help"
  );
  for (const name of listed) assert.ok(pages.has(`signer-${name}.1`), name);
});

test("a page has the options, defaults and examples of its command", () => {
  const page = pages.get("signer-serve.1")!.replaceAll("\\-", "-");
  assert.match(page, /^\.TH "SIGNER-SERVE" "1" "2026-11-26" "signer 1\.2\.3" "User Commands"$/m);
  assert.match(page, /^\.TP\n\\fB--unix-mode <mode>\\fR\nFile mode .* \(default: 0600\)\.$/m);
  assert.match(page, /^\.SH EXAMPLES\n\.nf\nsigner serve$/m);
});

test("a page names the one with the options of the commands above, however deep it is", () => {
  for (const name of ["signer-call-sign", "signer-call-pipeline-run"]) {
    const page = pages.get(`${name}.1`)!.replaceAll("\\-", "-");
    assert.match(page, /^The options of \\fBsigner-call\\fR\(1\) may be given as well\.$/m, name);
  }
});

test("the page of the program has every variable that is read from the environment", async () => {
  const page = pages.get("signer.1")!;
  const internal = ["SIGNER_LISTENERS", "SIGNER_CARRIED_LIBRARIES"];
  // Not read any more: their names are in messages.
  const former = ["SIGNER_PASSPHRASE", "SIGNER_TOKEN"];
  const read = new Set<string>();
  const visit = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) await visit(new URL(`${name}/`, folder));
      else {
        const text = await Deno.readTextFile(new URL(name, folder));
        for (const [, variable] of text.matchAll(/"(SIGNER_[A-Z_]*[A-Z])"/g)) read.add(variable);
      }
    }
  };
  await visit(new URL("../../src/", import.meta.url));
  assert.ok(read.size > 7, [...read].join());
  const missing = [...read].filter((name) =>
    ![...internal, ...former].includes(name) && !page.includes(name)
  );
  assert.deepEqual(former.filter((name) => page.includes(name)), []);
  assert.deepEqual(missing.filter((name) => !name.startsWith("SIGNER_SERVE_")), []);
});

test("no line begins with a control character of groff by chance", () => {
  for (const [name, page] of pages) {
    for (const line of page.split("\n").filter((line) => /^[.']/.test(line))) {
      assert.match(line, /^\.(TH|SH|TP|nf|fi)\b/, `${name}: ${line}`);
    }
  }
});

/** Runs a program on every page, and returns its output. */
async function lint(program: string, args: readonly string[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const paths = [...pages].map(([name, page]) => {
      Deno.writeTextFileSync(`${folder}/${name}`, page);
      return `${folder}/${name}`;
    });
    const { stdout, stderr } = await new Deno.Command(program, { args: [...args, ...paths] })
      .output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

peerTest(test, "groff")("groff formats every page without a warning", async (groff) => {
  assert.equal(await lint(groff, ["-man", "-ww", "-z", "-Tutf8"]), "");
});

peerTest(test, "mandoc")("mandoc finds no error in any page", async (mandoc) => {
  assert.equal(await lint(mandoc, ["-T", "lint", "-W", "warning"]), "");
});

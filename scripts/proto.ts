/**
 * Generates TypeScript from `proto/`: the types of messages and services with proto-loader's own generator,
 * and what reads and writes them with that in scripts/proto. With `--check`, generates it elsewhere and
 * exits 1 when that in the tree is not the same.
 *
 * @module
 */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { moduleCode } from "./proto/code.ts";
import { codeModuleOf } from "./proto/imports.ts";
import { readProtoFiles } from "./proto/schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = `${root}src/api/generated`;
const roots = [
  "grpc/health/v1/health.proto",
  "signer/v1/echo.proto",
  "signer/v1/server_info.proto",
  "signer/v1/signing.proto",
];

async function generate(folder: string): Promise<void> {
  await generateTypes(folder);
  for (const file of readProtoFiles(`${root}proto`, roots)) {
    Deno.writeTextFileSync(`${folder}/${codeModuleOf(file.name)}`, moduleCode(file));
  }
  await run("fmt", "--quiet", "--no-config", `--line-width=${config.fmt.lineWidth}`, folder);
}

async function generateTypes(folder: string): Promise<void> {
  await run(
    ...["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
    `${config.imports["@grpc/proto-loader"]}/proto-loader-gen-types`,
    ...["--longs=Number", "--enums=String", "--defaults", "--oneofs", "--includeComments"],
    ...["--includeDirs=proto", `--outDir=${folder}`, "--importFileExtension=.ts", ...roots],
  );
  for (const [file, text] of contents(folder)) {
    const method = `${"../".repeat(file.split("/").length + 1)}grpc/mod.ts`;
    const ours = text.replace(
      /(import type \{ MethodDefinition \} from) '@grpc\/proto-loader'/,
      `$1 "${method}"`,
    );
    // A message without fields has none in TypeScript either.
    const isEmpty = /interface \w+ \{\s*\}/.test(text);
    const header = isEmpty ? "// deno-lint-ignore-file no-empty-interface\n" : "";
    Deno.writeTextFileSync(`${folder}/${file}`, header + ours);
  }
}

async function run(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { cwd: root, args }).output();
  if (!success) throw new Error(`The generator failed: ${new TextDecoder().decode(stderr)}`);
}

/** The files below a folder, by their paths from it, with what they say. */
function contents(folder: string, below = folder): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(below)) {
    const path = `${below}/${name}`;
    if (isDirectory) { for (const [file, text] of contents(folder, path)) files.set(file, text); }
    else files.set(relative(folder, path), Deno.readTextFileSync(path));
  }
  return files;
}

if (Deno.args.includes("--check")) {
  const fresh = await Deno.makeTempDir();
  try {
    await generate(fresh);
    const [wanted, found] = [contents(fresh), contents(generated)];
    const stale = [...new Set([...wanted.keys(), ...found.keys()])]
      .filter((file) => wanted.get(file) !== found.get(file));
    for (const file of stale) console.error(`Stale: ${relative(root, generated)}/${file}`);
    if (stale.length > 0) {
      console.error("Run `deno task proto` and commit what it makes");
      Deno.exitCode = 1;
    }
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
} else {
  await Deno.remove(generated, { recursive: true }).catch(() => {});
  await generate(generated);
}

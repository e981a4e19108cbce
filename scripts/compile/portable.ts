/**
 * The portable executable: a shell script, and behind its last line a compressed archive.
 *
 * ```text
 * deno              the Deno at hand
 * lib/              libcrypto and libssl
 * program/          the program and its threads as modules of JavaScript, and proto/
 * program.sha256    hashes of these files, as sha256sum(1) checks them
 * manifest          size and path of each other file
 * ```
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { collectContent, filesBelow } from "./content.ts";
import { permissionOptions, root, run, v8Flags, version } from "./program.ts";

/** Makes the portable executable of the program, and returns a summary of it. */
export async function makePortable(output: string): Promise<string> {
  const content = await Deno.makeTempDir({ prefix: "signer-portable-" });
  try {
    await collectContent(content);
    const options = ["--quiet", "--no-config", "--no-lock", `--v8-flags=${v8Flags}`];
    await writeExecutable(content, output, [...options, ...permissionOptions()]);
  } finally {
    await Deno.remove(content, { recursive: true });
  }
  const { size } = await Deno.stat(output);
  const mib = (size / 2 ** 20).toFixed(1);
  return `${output}: ${mib} MiB, Deno ${Deno.version.deno}, for ${Deno.build.target}`;
}

/**
 * Writes an executable that unpacks a folder, and runs `deno` of it.
 *
 * @param content the folder, with `deno` and `program/main.js`; `manifest` and `program.sha256` are added
 * @param options options of `deno run`
 */
export async function writeExecutable(
  content: string,
  output: string,
  options: readonly string[],
): Promise<void> {
  await describe(content);
  await Deno.mkdir(dirname(output), { recursive: true });
  const archive = `${output}.tar`;
  await pack(content, archive);
  const payload = await Deno.readFile(`${archive}.gz`);
  await Deno.remove(`${archive}.gz`);
  // Written beside and renamed: an executable that runs is not changed.
  const partial = `${output}.part`;
  await Deno.writeFile(partial, await headFor(payload, content, options));
  await Deno.writeFile(partial, payload, { append: true });
  await Deno.chmod(partial, 0o755);
  await Deno.rename(partial, output);
}

/** Writes the hashes of the program, and the sizes of the other files, which are too large to hash at each start. */
async function describe(content: string): Promise<void> {
  const sizes: string[] = [];
  const hashes: string[] = [];
  for (const path of await filesBelow(content)) {
    const name = relative(content, path);
    const bytes = await Deno.readFile(path);
    if (name.startsWith("program/")) hashes.push(`${sha256(bytes)}  ${name}\n`);
    else sizes.push(`${bytes.length} ${name}\n`);
  }
  await Deno.writeTextFile(join(content, "program.sha256"), hashes.join(""));
  await Deno.writeTextFile(join(content, "manifest"), sizes.join(""));
}

/** Packs a folder to `archive` with the suffix `.gz`, so that equal files make equal archives. */
async function pack(content: string, archive: string): Promise<void> {
  // Not the folder itself, whose mode is that of the cache.
  const names = [...Deno.readDirSync(content)].map(({ name }) => name).sort();
  await run("tar", [
    ...["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"],
    ...["--mode=u+rw,go=", "-C", content, "-cf", archive, ...names],
  ]);
  await run("gzip", ["-9", "-n", archive]);
}

/** Returns the shell script for an archive. */
async function headFor(
  payload: Uint8Array,
  content: string,
  options: readonly string[],
): Promise<Uint8Array> {
  const template = await Deno.readTextFile(join(root, "scripts/compile/head.sh"));
  const unpacked = (await Promise.all((await filesBelow(content)).map((path) => Deno.stat(path))))
    .reduce((sum, { size }) => sum + size, payload.length);
  const values: Record<string, string> = {
    VERSION: version,
    TARGET: Deno.build.target,
    PAYLOAD_SHA256: sha256(payload),
    SIZE: String(payload.length),
    NEEDED_KB: String(Math.ceil(unpacked / 1024)),
    OPTIONS: options.join(" "),
  };
  const fill = (offset: string) =>
    template.replace(/@([A-Z0-9_]+)@/g, (_, name) => name === "OFFSET" ? offset : values[name]);
  // The offset counts from 1, as tail(1) does, and has seven digits, so that it does not change its own value.
  const { length } = new TextEncoder().encode(fill("0000000"));
  return new TextEncoder().encode(fill(String(length + 1).padStart(7, "0")));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The files of a guest: the program, and the libraries that it needs. @module */
import { dirname, join } from "node:path";
import { collectContent } from "../compile/content.ts";
import { run } from "../compile/program.ts";
import { carriedFolder, programFolder } from "./command_line.ts";

const texts: Readonly<Record<string, string>> = {
  "/etc/passwd": "root:x:0:0:root:/:/sbin/nologin\nsigner:x:65532:65532:signer:/:/sbin/nologin\n",
  "/etc/group": "root:x:0:\nsigner:x:65532:\n",
  "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
};

/**
 * Writes the files into a folder.
 *
 * @param added files and folders of this machine, by their paths in the guest; their modes are kept
 */
export async function writeRootFiles(
  folder: string,
  added: ReadonlyMap<string, string>,
): Promise<void> {
  const program = join(folder, programFolder);
  await Deno.mkdir(program, { recursive: true });
  await collectContent(program);
  const entry = join(program, "program/boot.js");
  await run(Deno.execPath(), [
    ...["bundle", "--quiet", "--platform", "deno", "--output", entry, "src/cli/boot/entry.ts"],
  ]);
  // Deno's modules for Node.js need /proc, which this one mounts.
  if ((await Deno.readTextFile(entry)).includes('from "node:')) {
    throw new Error("src/cli/boot/entry.ts imports a module of Node.js");
  }
  await addLinkedLibraries(folder, join(folder, carriedFolder));
  for (const [path, text] of Object.entries(texts)) {
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  await setModes(folder);
  for (const [guest, host] of added) {
    await Deno.mkdir(join(folder, dirname(guest)), { recursive: true });
    await run("cp", ["-rL", "--preserve=mode", host, join(folder, guest)]);
  }
}

/** Adds the libraries that Deno and the carried libraries are linked with, at their paths on this machine. */
async function addLinkedLibraries(folder: string, carried: string): Promise<void> {
  const own = [...Deno.readDirSync(carried)].map(({ name }) => join(carried, name)).sort();
  const linked = (await run("ldd", [join(dirname(carried), "deno"), ...own]))
    .matchAll(/^\t(?:(\S+) => )?(\/\S+) \(0x/gm);
  let hasLibc = false;
  for (const [, name, path] of linked) {
    if (name === "libc.so.6") hasLibc = true;
    // The libcrypto of libssl: the one that is carried.
    if (name?.startsWith("libcrypto.so")) continue;
    await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
    await Deno.copyFile(path, join(folder, path));
  }
  if (!hasLibc) throw new Error("Deno is not linked with libc.so.6: glibc is needed");
}

/** Sets modes that do not depend on the umask: programs can be executed, and nobody but root can write. */
async function setModes(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const { mode } = await Deno.stat(path);
    await Deno.chmod(path, isDirectory || (mode! & 0o100) !== 0 ? 0o755 : 0o644);
    if (isDirectory) await setModes(path);
  }
}

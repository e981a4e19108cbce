/** The content of a guest's initramfs. @module */
import { Archive } from "./archive.ts";
import { moduleName, modulesInOrder, readModule } from "./modules.ts";
import type { Packages } from "./packages.ts";

/** The content of the guest beside its system. */
export interface Content {
  /** Files and folders of the host, by their absolute paths in the guest. */
  readonly files: ReadonlyMap<string, string>;
  /** The working directory of the command. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A program and its arguments. */
  readonly command: readonly string[];
  /** True when the guest has a vsock device beside loopback. */
  readonly vsockDevice: boolean;
  /** True when the guest has a disk whose systemd runs the command. */
  readonly systemd: boolean;
}

/** Kernel modules for vsock loopback and for the two ports to the host. */
const MODULES = ["vsock_loopback", "virtio_pci", "virtio_console"];
const VSOCK_DEVICE_MODULES = ["vmw_vsock_virtio_transport"];
/** Modules for the disk and for systemd's automounts. */
const SYSTEMD_MODULES = ["virtio_blk", "autofs4"];

/** The folder of files that are copied to the disk. */
const DISK_FILES = "/guest/files";

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";
const LOADER = "ld-linux-x86-64.so.2";

/**
 * Writes the initramfs of a guest to `path`.
 *
 * It is not compressed: QEMU copies it into the guest's memory at once, and an emulated CPU would take seconds to
 * decompress it.
 */
export async function writeImage(
  path: string,
  packages: Packages,
  content: Content,
): Promise<void> {
  using archive = new Archive(path);
  await addSystem(archive, packages.root);
  const modules = [
    ...MODULES,
    ...content.vsockDevice ? VSOCK_DEVICE_MODULES : [],
    ...content.systemd ? SYSTEMD_MODULES : [],
  ];
  await addModules(
    archive,
    await underUsrOrNot(packages.root, `lib/modules/${packages.kernel}`),
    modules,
  );
  const text = (name: string) => Deno.readTextFile(new URL(name, import.meta.url));
  archive.bytes("/init", await text("init.sh"), 0o755);
  archive.bytes("/guest/command", commandScript(content), 0o755);
  if (content.systemd) {
    archive.bytes("/guest/systemd", await text("systemd.sh"), 0o755);
    archive.directory(DISK_FILES);
  }
  const folder = content.systemd ? DISK_FILES : "";
  for (const [guest, host] of content.files) archive.add(host, `${folder}${guest}`);
  archive.finish();
}

/** Returns a shell script that runs the command. */
export function commandScript({ folder, environment, command }: Content): string {
  const exports = Object.entries(environment).map(([name, value]) =>
    `export ${name}=${quote(value)}`
  );
  return [
    "#!/bin/busybox sh",
    ...exports,
    `cd ${quote(folder)} && exec ${command.map(quote).join(" ")}`,
    "",
  ].join("\n");
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

async function addSystem(archive: Archive, root: string): Promise<void> {
  for (const folder of ["/bin", "/proc", "/sys", "/tmp", "/root", LIBRARIES]) {
    archive.directory(folder);
  }
  archive.add(await underUsrOrNot(root, "bin/busybox"), "/bin/busybox");
  archive.add(`${root}/usr/bin/openssl`, "/usr/bin/openssl");
  archive.add(`${root}/etc/ssl/openssl.cnf`, "/usr/lib/ssl/openssl.cnf");

  // Debian is moving libraries from /lib to /usr/lib; the guest has all in one folder.
  archive.symlink("/lib", "usr/lib");
  archive.symlink(`/lib64/${LOADER}`, `${LIBRARIES}/${LOADER}`);
  for (const folder of [`${root}/lib/x86_64-linux-gnu`, `${root}${LIBRARIES}`]) {
    for (const name of await sharedObjects(folder)) {
      archive.add(`${folder}/${name}`, `${LIBRARIES}/${name}`);
    }
  }

  archive.bytes("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  archive.bytes("/etc/group", "root:x:0:\n");
  archive.bytes("/etc/hosts", "127.0.0.1 localhost guest\n::1 localhost\n");
}

async function addModules(archive: Archive, folder: string, names: string[]): Promise<void> {
  const files = await modulesInOrder(folder, names);
  const paths: string[] = [];
  for (const file of files) {
    const path = `/guest/${moduleName(file)}.ko`;
    archive.bytes(path, await readModule(file));
    paths.push(path);
  }
  archive.bytes("/guest/modules", paths.map((path) => `${path}\n`).join(""));
}

async function sharedObjects(folder: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return names.filter((name) => /\.so(\.[0-9.]+)?$/.test(name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Resolves a path that Debian moved under /usr after bookworm. */
async function underUsrOrNot(root: string, path: string): Promise<string> {
  for (const place of [`${root}/${path}`, `${root}/usr/${path}`]) {
    if (await Deno.stat(place).catch(() => undefined) !== undefined) return place;
  }
  throw new Error(`The guest's packages have no ${path}; remove ${root} to fetch them anew`);
}

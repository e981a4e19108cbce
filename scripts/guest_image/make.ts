/** The files of a guest's image. @module */
import { join, resolve } from "node:path";
import { run } from "../compile/program.ts";
import { Archive } from "../guest_vm/archive.ts";
import { denoWords, entryPoint, environment, kernelCommandLine } from "./command_line.ts";
import { findKernel, type Kernel, uncompressed } from "./kernel.ts";
import { writeRootFiles } from "./root_files.ts";

/** The options of an image. */
export interface ImageOptions {
  /** The folder for the image. */
  readonly output: string;
  /** Files and folders of this machine, by their paths in the guest. */
  readonly added: ReadonlyMap<string, string>;
  /** A kernel, in place of Debian's. */
  readonly kernel: string | undefined;
  /** The folder `lib/modules/RELEASE` of that kernel; undefined when it needs no modules. */
  readonly modules: string | undefined;
  readonly serveOptions: readonly string[];
}

/** Makes an image, and returns a summary of it. */
export async function makeImage(options: ImageOptions): Promise<string> {
  const { output, serveOptions } = options;
  const files = await Deno.makeTempDir({ prefix: "signer-image-" });
  try {
    await writeRootFiles(files, options.added);
    const kernel = await findKernel(options.kernel, options.modules);
    await Deno.mkdir(output, { recursive: true });
    writeInitramfs(join(output, "initramfs"), files, kernel, serveOptions);
    await packRootFiles(files, join(output, "rootfs.tar"));
    await Deno.copyFile(kernel.path, join(output, "kernel"));
    const vmlinux = await uncompressed(await Deno.readFile(kernel.path));
    if (vmlinux !== undefined) await Deno.writeFile(join(output, "vmlinux"), vmlinux);
  } finally {
    await Deno.remove(files, { recursive: true });
  }
  await Deno.writeTextFile(join(output, "cmdline"), `${kernelCommandLine()}\n`);
  const firecracker = JSON.stringify(firecrackerConfiguration(), undefined, 2);
  await Deno.writeTextFile(join(output, "firecracker.json"), `${firecracker}\n`);
  await Deno.writeTextFile(join(output, "Dockerfile"), dockerfile(serveOptions));
  const { size } = await Deno.stat(join(output, "initramfs"));
  return `${output}: initramfs of ${(size / 2 ** 20).toFixed(1)} MiB, serve ${
    serveOptions.join(" ")
  }`;
}

/** Folders for the file systems that `signer boot` mounts. */
const mountPoints = ["/dev", "/proc", "/run", "/sys", "/tmp"];

function writeInitramfs(
  path: string,
  files: string,
  kernel: Kernel,
  serveOptions: readonly string[],
): void {
  using archive = new Archive(path);
  for (const name of [...Deno.readDirSync(files)].map(({ name }) => name).sort()) {
    archive.add(join(files, name), `/${name}`);
  }
  for (const folder of mountPoints) archive.directory(folder);
  // The kernel opens it for its first process, before /dev is mounted (Documentation/admin-guide/devices.txt).
  archive.characterDevice("/dev/console", 0o600, 5, 1);
  archive.characterDevice("/dev/null", 0o666, 1, 3);
  archive.bytes("/etc/signer/boot", lines(serveOptions));
  for (const { name, bytes } of kernel.modules) archive.bytes(modulePath(name), bytes);
  archive.bytes("/etc/signer/modules", lines(kernel.modules.map(({ name }) => modulePath(name))));
  archive.finish();
}

function modulePath(name: string): string {
  return `/usr/lib/signer/modules/${name}.ko`;
}

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join("");
}

/** Packs the files so that equal files make equal archives. */
async function packRootFiles(files: string, archive: string): Promise<void> {
  const names = [...Deno.readDirSync(files)].map(({ name }) => name).sort();
  await run("tar", [
    ...["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"],
    ...["-C", files, "-cf", resolve(archive), ...names],
  ]);
}

/** Returns a configuration of Firecracker, with paths relative to its working directory. */
function firecrackerConfiguration() {
  return {
    "boot-source": {
      kernel_image_path: "vmlinux",
      initrd_path: "initramfs",
      // Firecracker ends its process when the guest restarts; it has no other switch.
      boot_args: kernelCommandLine({ kernel: ["reboot=k", "i8042.nomux"], boot: ["--restart"] }),
    },
    "drives": [],
    "machine-config": { vcpu_count: 2, mem_size_mib: 1024 },
    "vsock": { guest_cid: 3, uds_path: "signer.sock" },
    "entropy": {},
  };
}

/** Returns the recipe of a container image, of which `nitro-cli build-enclave` makes an enclave's. */
function dockerfile(serveOptions: readonly string[]): string {
  return [
    "FROM scratch",
    "ADD rootfs.tar /",
    `ENV ${environment}`,
    `ENTRYPOINT ${JSON.stringify([entryPoint, ...denoWords("main")])}`,
    `CMD ${JSON.stringify(["serve", ...serveOptions])}`,
    "",
  ].join("\n");
}

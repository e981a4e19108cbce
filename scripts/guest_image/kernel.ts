/** The kernel of an image. @module */
import { join } from "node:path";
import { moduleName, modulesInOrder, readModule } from "../guest_vm/modules.ts";
import { fetchPackages } from "../guest_vm/packages.ts";
import { CACHE } from "../guest_vm/project.ts";

/** A kernel with the modules that an image loads. */
export interface Kernel {
  readonly path: string;
  /** In the order in which they load. */
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** Drivers of the buses of virtual machines, of vsock, and of the host's entropy. */
const MODULES = ["virtio_pci", "virtio_mmio", "vmw_vsock_virtio_transport", "virtio_rng"];

/**
 * Finds the kernel of an image.
 *
 * @param path a kernel; Debian's by default, which apt downloads
 * @param modules the folder with the modules of the kernel at `path`
 */
export async function findKernel(
  path: string | undefined,
  modules: string | undefined,
): Promise<Kernel> {
  if (path !== undefined) {
    return { path, modules: modules === undefined ? [] : await readModules(modules) };
  }
  if (Deno.build.arch !== "x86_64") {
    throw new Error("There is a kernel for x86-64 only: name one with --kernel, and --modules");
  }
  const { root, kernel } = await fetchPackages(CACHE);
  const folders = ["usr/lib/modules", "lib/modules"].map((folder) => join(root, folder, kernel));
  const found = folders.find((folder) => isFolder(folder)) ?? folders[0];
  return { path: `${root}/boot/vmlinuz-${kernel}`, modules: await readModules(found) };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

async function readModules(folder: string): Promise<Kernel["modules"]> {
  const files = await modulesInOrder(folder, MODULES);
  return await Promise.all(
    files.map(async (file) => ({ name: moduleName(file), bytes: await readModule(file) })),
  );
}

// Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
const SETUP_SECTORS = 0x1f1;
const MAGIC = 0x202;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR = 512;

/** The size of the kernel when it is not compressed, after the payload. */
const SIZE_BYTES = 4;

/** Programs that decompress, by the first bytes of their formats, in hexadecimal. */
const decompressors: readonly (readonly [magic: string, program: string])[] = [
  ["fd377a585a00", "xz"],
  ["28b52ffd", "zstd"],
  ["1f8b08", "gzip"],
  ["02214c18", "lz4"],
];

/** Returns the ELF file in a bzImage of x86-64, as Firecracker takes it; undefined for another kernel. */
export async function uncompressed(
  image: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array | undefined> {
  const view = new DataView(image.buffer);
  if (image.length < PAYLOAD_LENGTH + 4 || view.getUint32(MAGIC, false) !== 0x48647253) {
    return undefined;
  }
  const sectors = image[SETUP_SECTORS] || 4;
  const start = (sectors + 1) * SECTOR + view.getUint32(PAYLOAD_OFFSET, true);
  const length = view.getUint32(PAYLOAD_LENGTH, true) - SIZE_BYTES;
  const payload = image.subarray(start, start + length);
  const program = decompressors.find(([magic]) => payload.subarray(0, 8).toHex().startsWith(magic))
    ?.[1];
  if (program === undefined) return undefined;
  const child = new Deno.Command(program, {
    args: ["-dc"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(payload);
  await writer.close();
  return (await output).stdout;
}

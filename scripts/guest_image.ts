/**
 * Makes the image of a guest in which the program is the first and only process: there is no shell and no other
 * program in it.
 *
 *     deno task image [--add HOST:/GUEST]… -- OPTIONS OF SERVE
 *
 * The folder `dist/image` gets
 *
 * ```text
 * kernel           Debian's for virtual machines, or that of --kernel
 * vmlinux          the same, not compressed, for Firecracker (x86-64)
 * initramfs        the program, Deno, OpenSSL, the C library, kernel modules
 * cmdline          the command line of the kernel
 * firecracker.json a configuration for `firecracker --config-file`
 * rootfs.tar       the files of the initramfs, without those of the kernel
 * Dockerfile       for `docker build`, and then `nitro-cli build-enclave`
 * ```
 *
 * Equal sources, Deno, OpenSSL, C library and kernel make equal files.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { root } from "./compile/program.ts";
import { type ImageOptions, makeImage } from "./guest_image/make.ts";

/** Parses `HOST:/GUEST`. */
function readAdded(value: string): [guest: string, host: string] {
  const found = /^(.+):(\/[^:]+)$/.exec(value);
  if (found === null) throw new Error(`--add takes HOST:/GUEST, not "${value}"`);
  return [found[2]!, found[1]!];
}

const USAGE = `Usage: deno task image [OPTIONS] -- OPTIONS OF SERVE

Options:
  --add HOST:/GUEST  adds a file or folder of this machine at a path of the guest; repeatable
  --kernel FILE      a kernel in place of Debian's
  --modules DIR      the folder lib/modules/RELEASE of that kernel
  --output DIR       the folder of the image (dist/image)
`;

function readArguments(): ImageOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      add: { type: "string", multiple: true, default: [] },
      kernel: { type: "string" },
      modules: { type: "string" },
      output: { type: "string", default: "dist/image" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  if (positionals.length === 0) {
    throw new Error(
      "The options of `signer serve` are missing: -- --vsock 5000 --generate ed25519",
    );
  }
  for (const path of [values.kernel, values.modules]) {
    if (path !== undefined && !existsSync(path)) throw new Error(`There is no ${path}`);
  }
  return {
    output: values.output,
    added: new Map(values.add.map(readAdded)),
    kernel: values.kernel,
    modules: values.modules,
    serveOptions: positionals,
  };
}

/** Refuses options that `serve` does not take: the guest would end right after its boot. */
async function checkServeOptions(options: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", "main.ts", "config", "show", "--no-config", ...options],
    cwd: root,
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr).trim());
}

try {
  const options = readArguments();
  await checkServeOptions(options.serveOptions);
  console.log(await makeImage(options));
} catch (error) {
  console.error((error as Error).message);
  Deno.exitCode = 1;
}

/** Command lines in a guest: of the program, and of the kernel that starts it. @module */
import { CARRIED_FOLDER_VARIABLE } from "../../src/ffi/libcrypto/mod.ts";
import { permissionOptions, v8Flags } from "../compile/program.ts";

/** The folder of the program in the guest. */
export const programFolder = "/usr/lib/signer";

/** The folder of the libraries of cryptography in the guest. */
export const carriedFolder = `${programFolder}/lib`;

/** The environment of the program: a variable and its value. */
export const environment = `${CARRIED_FOLDER_VARIABLE}=${carriedFolder}`;

/** The path of Deno in the guest. */
export const entryPoint = `${programFolder}/deno`;

/** Returns the words with which Deno runs a module of the program; those of the program follow. */
export function denoWords(module: "main" | "boot"): string[] {
  return [
    ...["run", "--quiet", "--no-config", "--no-lock", `--v8-flags=${v8Flags}`],
    ...permissionOptions(),
    `${programFolder}/program/${module}.js`,
  ];
}

/** The words that a kernel gives its first process (CONFIG_INIT_ENV_ARG_LIMIT). */
const MAX_WORDS = 32;

/** COMMAND_LINE_SIZE of x86-64 and arm64, with the final NUL. */
const MAX_LENGTH = 2048;

/**
 * Returns the command line of a kernel that starts the program as its first process. The kernel passes the words after
 * `--` on, and parameters that it does not know as variables (Documentation/admin-guide/kernel-parameters.rst).
 *
 * @param more parameters of the kernel, and options of `signer boot`
 */
export function kernelCommandLine(
  more: { readonly kernel?: readonly string[]; readonly boot?: readonly string[] } = {},
): string {
  const words = [...denoWords("boot"), "boot", ...more.boot ?? []];
  // A panic restarts the machine at once (-1), so that a crash ends the guest.
  const parameters = ["console=ttyS0", "panic=-1", "quiet", ...more.kernel ?? []];
  const line = [...parameters, environment, `rdinit=${entryPoint}`, "--", ...words].join(" ");
  if (words.length >= MAX_WORDS || line.length >= MAX_LENGTH) {
    throw new Error(`The kernel's command line is too long: ${line}`);
  }
  return line;
}

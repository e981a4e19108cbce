/**
 * The first process of a guest: makes the machine ready, serves, and ends the machine.
 *
 * There is nothing else in the guest: no shell, no other program. The kernel starts the first process with the
 * initramfs as its files and /dev/console as its standard streams.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { libc } from "../../ffi/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { endMachineAtExit } from "../machine_end.ts";
import { warn } from "../output.ts";
import { isProcMounted, procMount } from "./proc.ts";

/** Options of `signer boot`. */
export interface BootOptions {
  readonly restart?: boolean;
}

/** Runs a command line of the program, and returns its exit code. */
export type Run = (args: readonly string[]) => Promise<number>;

/** Options of `signer serve`, a word each line: the kernel gives its first process 32 words at most. */
const OPTIONS_FILE = "/etc/signer/boot";

/** Paths of kernel modules in the order in which they load, a line each. */
const MODULES_FILE = "/etc/signer/modules";

/** Mounts beside that of /proc. */
const mounts: readonly (readonly [type: string, folder: string, flags: libc.MountFlag[]])[] = [
  ["sysfs", "/sys", ["nosuid", "nodev", "noexec"]],
  ["devtmpfs", "/dev", ["nosuid", "noexec"]],
  ["tmpfs", "/run", ["nosuid", "nodev", "noexec"]],
  ["tmpfs", "/tmp", ["nosuid", "nodev", "noexec"]],
];

/**
 * Makes the machine ready, and serves. At the end of this process the machine ends.
 *
 * @param given options of `signer serve`; those of the image when there are none
 * @throws {CliError} when this is not the first process of a machine
 */
export async function boot(
  given: readonly string[],
  { restart = false }: BootOptions,
  run: Run,
): Promise<void> {
  expectFirstProcess();
  endMachineAtExit(restart ? "restart" : "powerOff");
  libc.reapChildren();
  for (const [type, folder, flags] of isProcMounted() ? mounts : [procMount, ...mounts]) {
    attempt(`mount ${folder}`, () => libc.mount(type, folder, flags));
  }
  // SIGINT stops the server: Firecracker's SendCtrlAltDel asks a guest to end.
  attempt("handle Ctrl-Alt-Delete", () => libc.reboot("ctrlAltDeleteIsSignal"));
  loadModules();
  attempt("bring up lo", () => libc.bringUp("lo"));
  await waitForEntropy(libc.isEntropyReady);
  const options = given.length > 0 ? given : linesOf(OPTIONS_FILE);
  Deno.exit(await run(["serve", ...options]));
}

/**
 * Checks that this is the first process of a machine, not that of a container, which has its file systems already.
 *
 * @throws {CliError}
 */
function expectFirstProcess(): void {
  const isContainer = libc.countEntries("/sys/kernel") !== undefined;
  if (Deno.pid === 1 && !isContainer) return;
  throw usageError(
    Deno.pid === 1
      ? "signer boot is for the first process of a guest, and /sys is mounted: this is a container"
      : "signer boot is for the first process of a guest",
    "Use signer serve, with the same options",
  );
}

/** @throws {CliError} naming the action that failed */
function attempt(action: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new CliError(ExitCode.failed, `Cannot ${action}: ${(cause as Error).message}`, { cause });
  }
}

/** Loads the modules of the image. A module may fail to load where its device is absent, and is then not needed. */
function loadModules(): void {
  for (const path of linesOf(MODULES_FILE)) {
    try {
      libc.loadModule(path);
    } catch (error) {
      warn(`Cannot load the kernel module ${path}: ${(error as Error).message}`);
    }
  }
}

/** The lines of a file; none where there is no such file. */
function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
}

/** 30 s: a kernel without a source of entropy collects some from interrupts. */
const ENTROPY_TIMEOUT_MS = 30_000;

/** 100 ms between looks at the kernel's random number generator. */
const ENTROPY_LOOK_MS = 100;

/**
 * Waits until the kernel's random number generator is initialized: keys and signatures are made from it.
 *
 * @throws {CliError} after the timeout
 */
export async function waitForEntropy(
  isReady: () => boolean,
  timeoutMs = ENTROPY_TIMEOUT_MS,
): Promise<void> {
  for (let waited = 0; !isReady(); waited += ENTROPY_LOOK_MS) {
    if (waited >= timeoutMs) {
      throw new CliError(
        ExitCode.failed,
        `The kernel has no entropy after ${timeoutMs / 1000} s, so that keys could be guessed`,
        { hint: "Give the guest a virtio-rng device, or the kernel random.trust_cpu=on" },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, ENTROPY_LOOK_MS));
  }
}

/** Guests under QEMU. @module */
import { join } from "node:path";

/** The configuration of a guest. */
export interface Machine {
  readonly kernel: string;
  readonly initramfs: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The Unix socket of a vhost-user vsock device. */
  readonly vsockDevice: string | undefined;
  /** A disk image, which stays as it is: the guest's writes are discarded at its end. */
  readonly disk: string | undefined;
  /** Ends the guest early. */
  readonly signal: AbortSignal;
  /** A folder for the output of the guest. */
  readonly folder: string;
  /** Called with each piece of the command's output. */
  readonly onOutput: (bytes: Uint8Array) => void;
}

/** The end of a guest. `console` has the output of the guest's kernel and first process. */
export type Outcome =
  | { kind: "exited"; status: number }
  | { kind: "aborted"; console: string }
  | { kind: "died"; console: string; reason: string };

/** Outputs of the guest, each in a file: QEMU writes files at once, and would wait for the reader of a pipe. */
interface Files {
  readonly console: string;
  readonly output: string;
  readonly status: string;
}

/** Interval between reads of the output. */
const FOLLOW_MS = 50;

/** The exit status of setpriv for a missing program, as of a shell. */
const NOT_FOUND = 127;

/**
 * Boots a guest with QEMU and waits for its end.
 *
 * The CPU is emulated (TCG), which works wherever QEMU does, also inside another virtual machine, where KVM may be
 * present and hang. The guest has no network. When this process ends in any way, the kernel kills QEMU: setpriv(1)
 * sets its parent-death signal.
 */
export async function runMachine(machine: Machine): Promise<Outcome> {
  const files: Files = {
    console: join(machine.folder, "console"),
    output: join(machine.folder, "output"),
    status: join(machine.folder, "status"),
  };
  for (const file of Object.values(files)) await Deno.writeFile(file, new Uint8Array());

  const qemu = new Deno.Command("setpriv", {
    args: ["--pdeathsig", "KILL", "--", "qemu-system-x86_64", ...options(machine, files)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const kill = () => {
    try {
      qemu.kill("SIGKILL");
    } catch (error) {
      // It has already ended.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  machine.signal.addEventListener("abort", kill);
  if (machine.signal.aborted) kill();
  const ended = qemu.output().finally(() => machine.signal.removeEventListener("abort", kill));
  await follow(files.output, ended, machine.onOutput);
  const { code, stderr } = await ended;

  if (code === NOT_FOUND) {
    throw new Error(
      "Cannot boot the guest: there is no qemu-system-x86_64; install it with " +
        "`apt-get install -y --no-install-recommends qemu-system-x86`",
    );
  }
  const status = /^(\d+)\n$/.exec(await Deno.readTextFile(files.status));
  if (status !== null) return { kind: "exited", status: Number(status[1]) };
  const console = await Deno.readTextFile(files.console);
  if (machine.signal.aborted) return { kind: "aborted", console };
  const said = new TextDecoder().decode(stderr).trim();
  return { kind: "died", console, reason: said || `QEMU ended with status ${code}` };
}

function options(machine: Machine, files: Files): string[] {
  return [
    ["-machine", "q35,accel=tcg"],
    ["-cpu", "max"],
    ["-smp", `${machine.cpus}`],
    ["-m", `${machine.memoryMiB}M`],
    ["-nodefaults"],
    ["-no-user-config"],
    ["-display", "none"],
    ["-no-reboot"],
    ["-kernel", machine.kernel],
    ["-initrd", machine.initramfs],
    // A panic ends the guest at once (-1); by default the kernel would wait for a person to read the screen.
    ["-append", "console=ttyS0 panic=-1 loglevel=7"],
    ["-chardev", `file,id=console,path=${escape(files.console)}`],
    ["-serial", "chardev:console"],
    ["-device", "virtio-serial-pci"],
    ["-chardev", `file,id=output,path=${escape(files.output)}`],
    ["-device", "virtserialport,chardev=output,name=output"],
    ["-chardev", `file,id=status,path=${escape(files.status)}`],
    ["-device", "virtserialport,chardev=status,name=status"],
    ...(machine.disk === undefined ? [] : diskOptions(machine.disk)),
    ...(machine.vsockDevice === undefined ? [] : vsockOptions(machine, machine.vsockDevice)),
  ].flat();
}

function diskOptions(path: string): string[][] {
  return [
    ["-drive", `file=${escape(path)},if=none,id=disk,format=raw,snapshot=on`],
    ["-device", "virtio-blk-pci,drive=disk"],
  ];
}

/** Options of a device that another process serves. That process accesses the guest's memory, so it is shared. */
function vsockOptions({ memoryMiB }: Machine, socket: string): string[][] {
  return [
    ["-object", `memory-backend-memfd,id=memory,size=${memoryMiB}M,share=on`],
    ["-machine", "memory-backend=memory"],
    ["-chardev", `socket,id=vsock,path=${escape(socket)}`],
    ["-device", "vhost-user-vsock-pci,chardev=vsock"],
  ];
}

/** Doubles commas, at which QEMU splits options. */
function escape(path: string): string {
  return path.replaceAll(",", ",,");
}

/** Passes on the bytes that are appended to a file, until `ended` resolves. */
async function follow(
  path: string,
  ended: Promise<unknown>,
  onOutput: (bytes: Uint8Array) => void,
): Promise<void> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(65_536);
  let over = false;
  const end = ended.finally(() => over = true);
  while (true) {
    // Checked before the read, so that the last read follows the end.
    const last = over;
    const read = await file.read(buffer);
    if (read !== null) onOutput(buffer.subarray(0, read));
    else if (last) return;
    else await pause(end);
  }
}

/** Waits `FOLLOW_MS`, or until `end` resolves. */
async function pause(end: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FOLLOW_MS);
  try {
    await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
  }
}

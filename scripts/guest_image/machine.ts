/** A guest under QEMU that is watched by its console. @module */
import { join } from "node:path";

/** The configuration of a guest. */
export interface MachineOptions {
  /** Options of QEMU for the machine and its devices. */
  readonly options: readonly string[];
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
}

/** 180 s for a guest to boot, or to end: an emulated processor is slow, and this machine may be busy. */
const PATIENCE_MS = 180_000;

const LOOK_MS = 50;

/** Boots a guest. Files of it are made in `folder`. */
export async function bootMachine(folder: string, options: MachineOptions): Promise<Machine> {
  return new Machine(await Deno.makeTempDir({ dir: folder }), options);
}

/** A guest that runs. It is killed when this is disposed of. */
class Machine implements AsyncDisposable {
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;
  #over = false;

  constructor(folder: string, { options, kernel, initramfs, commandLine }: MachineOptions) {
    this.#folder = folder;
    this.#child = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", "--", "qemu-system-x86_64", ...options],
        ...["-cpu", "max", "-smp", "2", "-m", "1024M", "-nodefaults", "-no-user-config"],
        ...["-display", "none", "-no-reboot", "-kernel", kernel, "-initrd", initramfs],
        ...["-append", commandLine, "-qmp", `unix:${join(folder, "qmp")},server=on,wait=off`],
        ...["-chardev", `file,id=console,path=${join(folder, "console")}`],
        ...["-serial", "chardev:console"],
      ],
      stdin: "null",
    }).spawn();
    this.#child.status.then(() => this.#over = true);
  }

  /** The text of the console up to now. */
  get console(): string {
    try {
      return Deno.readTextFileSync(join(this.#folder, "console")).replaceAll("\r", "");
    } catch {
      return "";
    }
  }

  /** Waits until the console has a text. Returns false when the guest ends, or takes too long. */
  prints(text: RegExp): Promise<boolean> {
    return this.#until(() => text.test(this.console));
  }

  /** Waits for the end of the machine. */
  ended(): Promise<boolean> {
    return this.#until(() => this.#over);
  }

  async #until(reached: () => boolean): Promise<boolean> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!reached()) {
      if (this.#over || performance.now() > deadline) return reached();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  }

  /** Presses the keys, by QEMU's machine protocol. */
  async pressCtrlAltDelete(): Promise<void> {
    using socket = await Deno.connect({ transport: "unix", path: join(this.#folder, "qmp") });
    const keys = ["ctrl", "alt", "delete"].map((data) => ({ type: "qcode", data }));
    const commands = [
      { execute: "qmp_capabilities" },
      { execute: "send-key", arguments: { keys } },
    ];
    const buffer = new Uint8Array(4096);
    // The greeting first, and after each command its result.
    await socket.read(buffer);
    for (const command of commands) {
      await socket.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
      await socket.read(buffer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

/** A guest under QEMU that is watched by its console. @module */
import { join } from "node:path";
import { root } from "../compile/program.ts";

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

/** The monitor's side of hybrid vsock: rust-vmm's vhost-device-vsock, where it is installed. */
export class Monitor implements AsyncDisposable {
  readonly #socket: string;
  readonly #path: string;
  readonly #child: Deno.ChildProcess | undefined;

  private constructor(socket: string, path: string, child: Deno.ChildProcess | undefined) {
    this.#socket = socket;
    this.#path = path;
    this.#child = child;
  }

  static async start(folder: string): Promise<Monitor> {
    const [socket, path] = ["vhost.socket", "guest.sock"].map((name) => join(folder, name));
    let child: Deno.ChildProcess | undefined;
    try {
      child = new Deno.Command("vhost-device-vsock", {
        args: ["--vm", `guest-cid=3,socket=${socket},uds-path=${path}`],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      console.log("ignored the host's calls: there is no vhost-device-vsock");
    }
    for (let looks = 0; child !== undefined && !exists(socket); looks++) {
      if (looks > 200) throw new Error("vhost-device-vsock does not make its socket");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return new Monitor(socket, path, child);
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Options of QEMU for the device. The monitor reads the guest's memory, so that is shared. */
  get pciDevice(): string[] {
    if (!this.running) return [];
    return [
      ...["-object", "memory-backend-memfd,id=memory,size=1024M,share=on"],
      ...["-machine", "memory-backend=memory", "-chardev", `socket,id=vsock,path=${this.#socket}`],
      ...["-device", "vhost-user-vsock-pci,chardev=vsock"],
    ];
  }

  /** Runs `signer call` of this machine's sources against port 5000 of the guest. */
  async call(...args: string[]): Promise<{ code: number; stdout: string }> {
    const call = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-P", "main.ts", "call", ...args],
        ...["--to", `vsock+unix:${this.#path}:5000`, "--deadline", "60s"],
      ],
      cwd: root,
    });
    const { code, stdout, stderr } = await call.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(code === 0 ? stdout : stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child === undefined) return;
    // It ends with the guest, but a guest that was never connected does not end it.
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

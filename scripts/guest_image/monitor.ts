/**
 * The host's side of hybrid vsock: rust-vmm's vhost-device-vsock, a vsock device for QEMU that is a process of the host.
 * The guest has CID 3. A connection to a port of the guest is one to a Unix socket, which asks for the port; a
 * connection of the guest to port N of the host (CID 2) is one to the Unix socket with `_N` at the end of its path.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findPeer } from "../../tests/_support/peers.ts";
import { root } from "../compile/program.ts";

/** 10 s for the device to listen, in steps of 50 ms. */
const LOOKS = 200;
const LOOK_MS = 50;

/** The output of a command. */
export interface Output {
  readonly code: number;
  /** Standard output and standard error. */
  readonly text: string;
}

/** A vsock device for one guest. */
export class Monitor implements AsyncDisposable {
  /** The Unix socket of the device, for QEMU. */
  readonly socket: string;
  readonly #path: string;
  readonly #child: Deno.ChildProcess;

  private constructor(socket: string, path: string, child: Deno.ChildProcess) {
    this.socket = socket;
    this.#path = path;
    this.#child = child;
  }

  /** Starts a device with its sockets in `folder`; undefined where the program is not installed. */
  static async start(folder: string): Promise<Monitor | undefined> {
    const program = findPeer("vhost-device-vsock");
    if (program === undefined) return undefined;
    const [socket, path] = ["vhost.socket", "guest.sock"].map((name) => join(folder, name));
    const child = new Deno.Command(program, {
      args: ["--vm", `guest-cid=3,socket=${socket},uds-path=${path}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const monitor = new Monitor(socket, path, child);
    for (let looks = 0; !existsSync(socket); looks++) {
      if (looks === LOOKS) {
        await monitor[Symbol.asyncDispose]();
        throw new Error("vhost-device-vsock does not make its socket");
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return monitor;
  }

  /** Options of QEMU for the device, which reads the guest's memory: so that memory is shared. */
  get options(): string[] {
    return [
      ...["-object", "memory-backend-memfd,id=memory,size=1024M,share=on"],
      ...["-machine", "memory-backend=memory", "-chardev", `socket,id=vsock,path=${this.socket}`],
      ...["-device", "vhost-user-vsock-pci,chardev=vsock"],
    ];
  }

  /** Runs `signer` of this machine's sources against port 5000 of the guest. */
  async signer(...args: string[]): Promise<Output> {
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-P=bench", "main.ts", ...args],
        ...["--to", `vsock+unix:${this.#path}:5000`, "--deadline", "60s"],
      ],
      cwd: root,
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  /** The Unix socket that stands for a port of the host. */
  portPath(port: number): string {
    return `${this.#path}_${port}`;
  }

  /** Listens on a port of the host for one connection of the guest. */
  receive(port: number): Received {
    return new Received(this.portPath(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended with the guest.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}

/** The text of a connection from the guest. */
class Received implements AsyncDisposable {
  text = "";
  readonly #listener: Deno.UnixListener;
  readonly #end: Promise<void>;

  constructor(path: string) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#end = this.#read();
  }

  async #read(): Promise<void> {
    try {
      using connection = await this.#listener.accept();
      const decoder = new TextDecoder();
      const buffer = new Uint8Array(4096);
      for (let read; (read = await connection.read(buffer)) !== null;) {
        this.text += decoder.decode(buffer.subarray(0, read), { stream: true });
      }
    } catch (error) {
      // The listener was closed before the guest connected, or the device has ended.
      if (
        !(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.ConnectionReset)
      ) {
        throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#end;
  }
}

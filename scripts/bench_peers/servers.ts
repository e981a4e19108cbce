/** The servers under test, each in a process of its own. @module */
import { join } from "node:path";
import {
  onLoopback,
  root,
  serveCommand,
  type ServeProcess,
  startServer,
} from "../serve_process.ts";
import type { CarriedLibraries, Programs } from "./programs.ts";
import { threadsOf, type ThreadTimes } from "../threads.ts";
import { keyTypes } from "./rows.ts";

/** The command of a server, and its place in the tables. */
export interface Start {
  readonly name: string;
  /** True for a server of this project. */
  readonly own: boolean;
  /** False when the server differs from another one by its cryptography only: it makes no echoes. */
  readonly echoes: boolean;
  readonly command: readonly string[];
  readonly env: Record<string, string>;
}

/** The name of the server with the libcrypto of `deno task openssl`. */
export const NEWER_OPENSSL = "signer, OpenSSL 3.6";

/** The name of the server with the libraries of `deno task openssl` and `deno task aws-lc`, as in an executable. */
export const CARRIED = "signer, AWS-LC";

/**
 * Returns all servers. On one CPU each has one thread that serves, otherwise as many as it has by default.
 *
 * @param keys folder of ID.pem for each key
 */
export function starts(
  programs: Programs,
  keys: string,
  { libcrypto, awsLc }: CarriedLibraries,
  onOneCpu: boolean,
): Start[] {
  const command = serveCommand(root, [
    ...onLoopback,
    ...keyTypes.flatMap((type) => ["--key", `${type}=${join(keys, `${type}.pem`)}`]),
    ...["--log-level", "error"],
    ...(onOneCpu ? ["--workers", "1"] : []),
  ]);
  const threads = onOneCpu ? ["1"] : [];
  const own = { own: true, command };
  const peer = { own: false, env: {} };
  const tonic = (provider: string) => [...programs.tonic, keys, provider, ...threads];
  const grpcJs = [...programs.grpcJs, keys, join(root, "proto")];
  return [
    { ...own, name: "signer", echoes: true, env: {} },
    { ...own, name: NEWER_OPENSSL, echoes: false, env: { SIGNER_LIBCRYPTO: libcrypto } },
    {
      ...own,
      name: CARRIED,
      echoes: false,
      env: { SIGNER_LIBCRYPTO: libcrypto, SIGNER_AWS_LC: awsLc },
    },
    { ...peer, name: "tonic, ring", echoes: true, command: tonic("ring") },
    { ...peer, name: "tonic, AWS-LC", echoes: false, command: tonic("aws-lc") },
    { ...peer, name: "grpc-go", echoes: true, command: [...programs.grpcGo, keys] },
    { ...peer, name: "grpc-js", echoes: true, command: grpcJs },
  ];
}

/** A running server. */
export class Server implements AsyncDisposable {
  readonly start: Start;
  /** Its address: host and port. */
  readonly host: string;
  readonly #child: Deno.ChildProcess;

  private constructor(start: Start, { child, addresses }: ServeProcess) {
    this.start = start;
    this.host = new URL(addresses[0]).host;
    this.#child = child;
  }

  /**
   * Starts a server.
   *
   * @param cpu the only CPU that it may use (taskset(1))
   */
  static async open(start: Start, cpu: number | undefined): Promise<Server> {
    const pinned = cpu === undefined ? [] : ["taskset", "-c", `${cpu}`];
    const command = [...pinned, ...start.command];
    return new Server(start, await startServer(command, { env: start.env, stderr: "inherit" }));
  }

  threadTimes(): Map<string, ThreadTimes> {
    return threadsOf(this.#child.pid);
  }

  /** Resident megabytes (proc_pid_status(5)). */
  residentMb(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

/** Returns the CPU time in nanoseconds between two readings, of the threads that did not end meanwhile. */
export function elapsed(
  before: Map<string, ThreadTimes>,
  after: Map<string, ThreadTimes>,
): number {
  let ms = 0;
  for (const [id, { runningMs }] of after) ms += runningMs - (before.get(id)?.runningMs ?? 0);
  return ms * 1e6;
}

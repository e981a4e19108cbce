/** The servers of the benchmark of TLS, each in a process of its own. @module */
import type { DevCaFiles } from "../../src/cli/dev_ca.ts";
import type { Programs } from "../bench_peers/programs.ts";
import { onLoopback, root, serveCommand, startServer } from "../serve_process.ts";
import { threadsOf } from "../threads.ts";

/** The security of a server: none, a certificate of its own, or client certificates too. */
export type Security = "plaintext" | "tls" | "mutual";

/** A server that can be started. */
export interface Candidate {
  readonly name: string;
  command(security: Security): readonly string[];
  readonly env?: Record<string, string>;
}

/** The files that servers are started with. */
export interface Files {
  readonly ca: DevCaFiles;
  /** A folder with the keys that the peers' signing services load. */
  readonly keys: string;
  /** The C server and client. */
  readonly baseline: string;
  /** The server of TLS alone over `TlsStream`. */
  readonly echo: readonly string[];
}

/** The names of the servers in the tables. */
export const names = {
  c: "C over libssl",
  stream: "signer, TLS alone",
  signer: "signer",
  tonic: "tonic + rustls",
  go: "grpc-go",
} as const;

/** Returns the servers by the keys of `names`, each with one thread that serves. */
export function candidates(
  { ca, keys, baseline, echo }: Files,
  workers: string,
  programs: Pick<Programs, "tonic" | "grpcGo"> | undefined,
): Readonly<Partial<Record<keyof typeof names, Candidate>>> {
  const { certificate, privateKey } = ca.server;
  const files = (security: Security) =>
    security === "plaintext"
      ? []
      : [certificate, privateKey, ...(security === "mutual" ? [ca.ca.certificate] : [])];
  const signer = ["--workers", workers, "--generate", "ecdsa-p256", "--log-level", "error"];
  return {
    c: { name: names.c, command: (security) => [baseline, "serve", ...files(security)] },
    stream: { name: names.stream, command: () => [...echo, certificate, privateKey] },
    signer: {
      name: names.signer,
      command: (security) =>
        serveCommand(root, [
          ...onLoopback,
          ...signer,
          ...["--tls-cert", "--tls-key", "--tls-client-ca"].flatMap((option, index) => {
            const file = files(security)[index];
            return file === undefined ? [] : [option, file];
          }),
        ]),
    },
    ...(programs === undefined ? {} : {
      tonic: {
        name: names.tonic,
        command: (security) => [...programs.tonic, keys, "ring", "1", ...files(security)],
      },
      go: {
        name: names.go,
        command: (security) => [...programs.grpcGo, keys, ...files(security)],
        env: { GOMAXPROCS: "1" },
      },
    }),
  };
}

/** A running server. */
export class RunningServer implements AsyncDisposable {
  readonly name: string;
  readonly port: string;
  readonly #child: Deno.ChildProcess;

  private constructor(name: string, port: string, child: Deno.ChildProcess) {
    this.name = name;
    this.port = port;
    this.#child = child;
  }

  static async start(candidate: Candidate, security: Security): Promise<RunningServer> {
    const { name, env } = candidate;
    const options = { stderr: "null", ...(env === undefined ? {} : { env }) } as const;
    const { child, addresses } = await startServer(candidate.command(security), options);
    return new RunningServer(name, new URL(addresses[0]).port, child);
  }

  /** Microseconds of processor time of all threads. */
  micros(): number {
    const threads = [...threadsOf(this.#child.pid).values()];
    return 1_000 * threads.reduce((sum, { runningMs }) => sum + runningMs, 0);
  }

  /** Resident bytes (proc_pid_status(5)). */
  residentBytes(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

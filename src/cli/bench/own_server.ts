/** The server that `bench` starts when none is named. @module */
import { fileURLToPath } from "node:url";
import { openProvider } from "../../crypto/mod.ts";
import { type ClientTls, loadTls } from "../client/mod.ts";
import { type ClientTlsOptions, wantsTls } from "../client/options/mod.ts";
import { type CertificateFiles, devCaFiles, writeDevCa } from "../dev_ca.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { runtimeOptions } from "../signals.ts";
import { v8Flags } from "../v8_flags.ts";

/** A `signer serve` in a child process. */
export class OwnServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly address: string;
  /** TLS settings of its clients; undefined for plaintext. */
  readonly tls: ClientTls | undefined;

  private constructor(child: Deno.ChildProcess, address: string, tls: ClientTls | undefined) {
    this.#child = child;
    this.address = address;
    this.tls = tls;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Starts a server with further options of `serve`, over TLS with `--tls`.
   *
   * @throws {CliError} without the permission to run a process, or when the server does not start
   */
  static async start(
    serveOptions: readonly string[],
    options: ClientTlsOptions,
  ): Promise<OwnServer> {
    const { tlsCa, tlsCert, tlsKey, tlsCrl } = options;
    if ((tlsCa ?? tlsCert ?? tlsKey ?? tlsCrl) !== undefined) {
      throw usageError(
        "--tls-ca, --tls-cert, --tls-key and --tls-crl need a server that is named",
        "Name it with --to ADDRESS; --tls alone makes certificates for a server of its own",
      );
    }
    const program = Deno.execPath();
    const { state } = Deno.permissions.querySync({ name: "run", command: program });
    if (state !== "granted") {
      throw usageError(
        "No server is named, and this program has no permission to start one",
        Deno.build.standalone
          ? "Name one with --to ADDRESS"
          : "Name one with --to ADDRESS, or allow it: deno task bench, or --allow-run",
      );
    }
    using certificates = wantsTls(options) ? await Certificates.create() : undefined;
    const child = new Deno.Command(program, {
      args: [...programArguments(), ...serveArguments(serveOptions, certificates?.server)],
      // The configuration of another server on this machine is not for this one.
      clearEnv: true,
      env: Object.fromEntries(
        Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("SIGNER_SERVE_")),
      ),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const log = new Response(child.stderr).text();
    const address = await readyAddress(child.stdout);
    if (address !== undefined) {
      const tlsCa = certificates?.ca;
      const tls = tlsCa === undefined ? undefined : await loadTls({ ...options, tlsCa });
      return new OwnServer(child, address, tls);
    }
    await child.status;
    throw new CliError(
      ExitCode.failed,
      `The server did not start: ${(await log).trim().replaceAll("\n", "; ")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tls?.[Symbol.dispose]();
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      // `Deno.ChildProcess.kill()` of a process that has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}

/** Certificates of a development CA in a directory of their own, which both sides read at their start. */
class Certificates implements Disposable {
  readonly ca: string;
  readonly server: CertificateFiles;
  readonly #directory: string;

  private constructor(directory: string) {
    const { ca, server } = devCaFiles(directory);
    this.ca = ca.certificate;
    this.server = server;
    this.#directory = directory;
  }

  static async create(): Promise<Certificates> {
    const certificates = new Certificates(await Deno.makeTempDir({ prefix: "signer-bench-" }));
    await writeDevCa(openProvider("openssl").provider, devCaFiles(certificates.#directory));
    return certificates;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/** Returns the arguments of Deno that run this program; none for one that `deno compile` made. */
function programArguments(): string[] {
  if (Deno.build.standalone) return [];
  // Packaged, the program is JavaScript, with the options of its launcher.
  if (import.meta.url.endsWith(".js")) return runtimeOptions().slice(1);
  const root = new URL("../../../", import.meta.url);
  const config = fileURLToPath(new URL("deno.json", root));
  return [
    // As `deno task signer` runs it.
    ...["run", "--quiet", `--v8-flags=${v8Flags}`, "-P", "--config", config],
    fileURLToPath(new URL("main.ts", root)),
  ];
}

function serveArguments(
  serveOptions: readonly string[],
  tls: CertificateFiles | undefined,
): string[] {
  return [
    ...["serve", "--no-config", "--tcp", "127.0.0.1:0", "--grace", "0s", "--log-level", "error"],
    ...serveOptions,
    ...(tls === undefined ? [] : ["--tls-cert", tls.certificate, "--tls-key", tls.privateKey]),
  ];
}

/** Reads the address in the server's `ready` line; undefined when the server exits before it prints one. */
async function readyAddress(stdout: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const ready = /^ready (\S+)\n/m.exec(text);
    if (ready) return ready[1];
  }
}

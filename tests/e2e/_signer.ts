/** `signer` in child processes. @module */
import { fileURLToPath } from "node:url";
import {
  echoDefinition as echo,
  signingDefinition as signing,
  type SignResult,
} from "../../src/api/mod.ts";
import type { AnyMethod, CallOptions, RpcChannel } from "../../src/grpc/mod.ts";
import { socketsSupported } from "../../src/net/mod.ts";
import { openNativeChannel as openChannel } from "../../src/grpc/native/client/mod.ts";
import { openDescriptors } from "../_support/descriptors.ts";
import { servingPid } from "../_support/serving_pid.ts";

// Loads libc outside of tests: it stays loaded, and the sanitizer would report the first test for it.
socketsSupported();

export { openChannel };
export { echo, signing };

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
const program = ["run", "--quiet", "-P", main];

/** Functions of libc that only tests use. Opened outside of tests too. */
const { symbols: threads } = Deno.dlopen("libc.so.6", {
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

/** Runs `signer` to its end. */
export function runSigner(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return runSignerWith({}, ...args);
}

/** Runs `signer` to its end, with variables of the environment. */
export async function runSignerWith(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), { args: [...program, ...args], env });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Starts a `signer serve` whose output is never read. */
export function spawnServer(...options: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...program, "serve", ...options],
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** A `signer serve` in a child process. */
export class SignerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #log: Log;
  readonly #exit: Promise<Deno.CommandStatus>;

  private constructor(
    child: Deno.ChildProcess,
    readonly addresses: readonly string[],
    log: Log,
  ) {
    this.#child = child;
    this.#log = log;
    this.#exit = child.status;
  }

  /** Starts it with options, and waits for its ready line. */
  static start(...options: string[]): Promise<SignerProcess> {
    return SignerProcess.#run(Deno.execPath(), [...program, "serve", ...options]);
  }

  /** Starts it with variables of the environment. */
  static startIn(env: Record<string, string>, ...options: string[]): Promise<SignerProcess> {
    return SignerProcess.#run(Deno.execPath(), [...program, "serve", ...options], env);
  }

  /** Starts it with a limit of open files (sh, ulimit). */
  static startLimited(files: number, ...options: string[]): Promise<SignerProcess> {
    const command = [Deno.execPath(), ...program, "serve", ...options];
    return SignerProcess.#run("sh", ["-c", `ulimit -n ${files} && exec "$@"`, "sh", ...command]);
  }

  /** Starts it with a signal ignored (env(1) of coreutils), as nohup(1) ignores SIGHUP. */
  static startIgnoring(signal: "HUP" | "CHLD", ...options: string[]): Promise<SignerProcess> {
    const command = [Deno.execPath(), ...program, "serve", ...options];
    return SignerProcess.#run("env", [`--ignore-signal=${signal}`, ...command]);
  }

  /** Starts it with options of Deno: `deno run OPTIONS main.ts serve …`. */
  static startWith(runtime: readonly string[], ...options: string[]): Promise<SignerProcess> {
    const [run, ...rest] = program;
    return SignerProcess.#run(Deno.execPath(), [run, ...runtime, ...rest, "serve", ...options]);
  }

  static async #run(
    command: string,
    args: string[],
    env: Record<string, string> = {},
  ): Promise<SignerProcess> {
    const child = new Deno.Command(command, { args, env, stdout: "piped", stderr: "piped" })
      .spawn();
    const log = new Log(child.stderr);
    const reader = child.stdout.getReader();
    const { value = new Uint8Array() } = await reader.read();
    await reader.cancel();
    const ready = /^ready (.+)$/m.exec(new TextDecoder().decode(value));
    if (!ready) throw new Error(`The server did not start:\n${await log.whole}`);
    return new SignerProcess(child, ready[1].split(" "), log);
  }

  /** Resolves to its standard error when it has ended. */
  get log(): Promise<string> {
    return this.#log.whole;
  }

  /** Resolves when standard error matches, after the match of the last call. */
  async logged(pattern: RegExp): Promise<void> {
    await this.#log.matches(pattern);
  }

  /** Resolves to the match of standard error, after that of the last call. */
  captured(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#log.matches(pattern);
  }

  /** Leaves standard error unread until the process is stopped. */
  ignoreLog(): void {
    this.#log.pause();
  }

  /** The id of the serving process. */
  get pid(): number {
    return servingPid(this.#child.pid);
  }

  /** The id of the started process, which may be the supervisor of the serving one. */
  get startedPid(): number {
    return this.#child.pid;
  }

  /** Returns the number of open descriptors (proc(5), fd). */
  descriptors(): number {
    return openDescriptors(this.pid);
  }

  /** Returns its CPU time in seconds (proc(5), stat: utime and stime, in hundredths). */
  cpuSeconds(): number {
    const fields = Deno.readTextFileSync(`/proc/${this.pid}/stat`).split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Returns its resident memory in KiB (proc(5), status). */
  residentKiB(): number {
    return Number(/^VmRSS:\s+(\d+)/m.exec(Deno.readTextFileSync(`/proc/${this.pid}/status`))![1]);
  }

  /** Sends a signal to the process. */
  signal(name: Deno.Signal): void {
    Deno.kill(this.pid, name);
  }

  /** The ids of the process and, if it is a supervisor, of the serving process (proc(5), children). */
  get pids(): number[] {
    const children = Deno.readTextFileSync(`/proc/${this.pid}/task/${this.pid}/children`);
    return [this.pid, ...children.split(" ").filter(Boolean).map(Number)];
  }

  /** Sends a signal, by its number, to each single thread of the processes (tgkill(2)). */
  signalThreads(number: number): void {
    for (const pid of this.pids) {
      for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
        threads.tgkill(pid, Number(name), number);
      }
    }
  }

  /** Resolves when the process has ended by itself. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#exit;
  }

  /** Sends a signal and resolves to the exit code. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch {
      // It has already ended, with the code returned below.
    }
    this.#log.resume();
    await this.log;
    return (await this.#exit).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/** Standard error, read as it arrives. */
class Log {
  readonly whole: Promise<string>;
  #text = "";
  #ended = false;
  #seen = 0;
  #more = Promise.withResolvers<void>();
  /** Resolves when reading resumes. */
  #paused: PromiseWithResolvers<void> | undefined;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.whole = this.#collect(stream);
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  async matches(pattern: RegExp): Promise<RegExpExecArray> {
    const end = performance.now() + 30_000;
    for (;;) {
      const match = pattern.exec(this.#text.slice(this.#seen));
      if (match) {
        this.#seen += match.index + match[0].length;
        return match;
      }
      if (this.#ended || performance.now() > end) {
        throw new Error(`The log does not have ${pattern}:\n${this.#text}`);
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, 30_000));
      await Promise.race([this.#more.promise, late]);
      clearTimeout(timer);
    }
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<string> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.#text += decoder.decode(chunk, { stream: true });
      this.#more.resolve();
      this.#more = Promise.withResolvers();
      await this.#paused?.promise;
    }
    this.#ended = true;
    this.#more.resolve();
    return this.#text;
  }
}

/** Makes a unary call and returns its response. */
export async function call<O>(
  channel: RpcChannel,
  method: unknown,
  request: object,
  options?: CallOptions,
): Promise<O> {
  const { responses } = channel.call<object, O>(method as AnyMethod, [request], options);
  for await (const response of responses) return response;
  throw new Error("The call gave no response");
}

/** Starts a `SignStream` that sends one request and stays open until `end()`, which sends the rest. */
export function openSignStream(channel: RpcChannel, request: object, ...rest: object[]) {
  const ended = Promise.withResolvers<void>();
  const { responses } = channel.call<object, SignResult>(
    signing.SignStream as AnyMethod,
    async function* () {
      yield request;
      await ended.promise;
      yield* rest;
    }(),
  );
  const results = responses[Symbol.asyncIterator]();
  return { next: () => results.next(), end: () => ended.resolve() };
}

/**
 * The supervisor of `serve --stack grpc-js`: a process that holds the listening sockets and no keys, and runs the server
 * as its child. Deno's node:http2 is written in C, and a peer may find input that ends the process by a signal. The
 * child is then started again, with the same command line and the same sockets: connections that arrive meanwhile wait
 * in the backlog. The native stack needs none of this.
 *
 * @module
 */
import { libc } from "../../ffi/mod.ts";
import { formatAddress, listen, parseAddress, socketsSupported } from "../../net/mod.ts";
import type { StackChoice } from "../../grpc/stacks/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { onHangup, onStop } from "../signals.ts";
import type { PassedSocket } from "./activation.ts";
import type { Place } from "./places.ts";
import { type ManagerLink, ManagerRelay, ServiceManager } from "./service_manager.ts";

/** The environment variable by which a child gets its listening sockets. */
const variable = "SIGNER_LISTENERS";

/** The value of the variable, as JSON. */
interface Passed {
  readonly listeners: readonly PassedListener[];
  /** The sockets that a service manager has passed to the supervisor. */
  readonly sockets: readonly PassedSocket[];
  readonly isRestart: boolean;
  /** The socket to the service manager, `ManagerRelay.childFd`. */
  readonly manager:
    | { readonly socket: number; readonly watchdogMs: number | undefined }
    | undefined;
}

interface PassedListener {
  readonly fd: number;
  readonly address: string;
}

/** The descriptors that a server inherited from its supervisor. */
export interface Inherited {
  readonly listeners: readonly Place[];
  readonly sockets: readonly PassedSocket[];
  /** True when the process before this one ended by a signal. */
  readonly isRestart: boolean;
  readonly manager: ManagerLink | undefined;
}

/** The time between looks at the child, in milliseconds: short beside the 0.5 s that a start takes. */
const pollMs = 25;

/** The supervisor gives up when the child ends so many times in a row within so many milliseconds of its start. */
const maxFastEnds = 10;
const minLifeMs = 5_000;

const stopSignals: ReadonlySet<number> = new Set([
  libc.signalNumbers.SIGINT,
  libc.signalNumbers.SIGTERM,
]);

/** Bytes of the command line, of which Linux takes 2 MiB. */
const maxCommandLine = 2 * 1024 * 1024;

/** The options of `serve` that the supervisor needs. */
export interface SupervisorOptions {
  readonly stack: StackChoice;
  readonly unixMode: number;
  readonly generate?: readonly string[];
}

/** Reports that `serve` runs its server as a child: for grpc-js, where there is libc. */
export function needsSupervisor({ stack }: SupervisorOptions): boolean {
  return stack === "grpc-js" && socketsSupported();
}

/** The descriptors that a supervisor passed to this process; undefined when there is none. */
export function inheritedDescriptors(): Inherited | undefined {
  const text = Deno.env.get(variable);
  if (text === undefined) return undefined;
  Deno.env.delete(variable);
  // A server without its supervisor would keep the sockets from the next one.
  libc.endWithParent(libc.signalNumbers.SIGKILL);
  const { listeners, ...rest } = JSON.parse(text) as Passed;
  return {
    ...rest,
    listeners: listeners.map(({ fd, address }) => ({ fd, address: parseAddress(address) })),
  };
}

/**
 * Runs the server as a child until it ends by itself, and starts it again when it ends by a signal.
 *
 * @returns the exit code of the child
 * @throws {NetError} when an address cannot be bound
 * @throws {CliError} when the child ends again and again
 */
export async function supervise(
  places: readonly Place[],
  sockets: readonly PassedSocket[],
  options: SupervisorOptions,
  manager: ServiceManager | undefined,
  log: Logger,
): Promise<number> {
  using stack = new DisposableStack();
  const listeners: PassedListener[] = [];
  for (const { address, fd } of places) {
    const { unixMode } = options;
    const listener = stack.use(await listen(address, { unixMode, inherited: fd }));
    listeners.push({ fd: listener.fd, address: formatAddress(listener.address) });
  }
  for (const { fd } of [...listeners, ...sockets]) libc.keepOnExec(fd);
  const relay = manager && stack.use(new ManagerRelay(manager));
  // Ignored, it would take the end of the child from this process: `signer boot` ignores it, and so do some parents.
  libc.restoreSignal("SIGCHLD");
  const link = relay && { socket: relay.childFd, watchdogMs: manager.watchdogMs };
  const child = new Child({ listeners, sockets, manager: link }, relay);
  for (let fastEnds = 0;;) {
    if (child.isStopping) return ExitCode.done;
    const began = performance.now();
    const end = await child.run();
    if ("code" in end) return end.code;
    if (child.isStopping) {
      // A stop ends a child that has not come to its first line: it has served nothing.
      return stopSignals.has(end.signal) ? ExitCode.done : 128 + end.signal;
    }
    fastEnds = performance.now() - began < minLifeMs ? fastEnds + 1 : 0;
    if (fastEnds === maxFastEnds) {
      throw new CliError(
        ExitCode.failed,
        `The serving process ended ${maxFastEnds} times within ${minLifeMs / 1_000} s of its start`,
        { hint: "Use --stack native" },
      );
    }
    log.error("The serving process ended by a signal and is started again", {
      signal: signalName(end.signal),
      ...(options.generate?.length ? { note: "generated keys are new" } : {}),
    });
  }
}

/** The serving process, and its successors. */
class Child {
  isStopping = false;
  readonly #passed: Omit<Passed, "isRestart">;
  readonly #relay: ManagerRelay | undefined;
  readonly #words: readonly string[];
  #pid: number | undefined;
  #runs = 0;

  constructor(passed: Omit<Passed, "isRestart">, relay: ManagerRelay | undefined) {
    this.#passed = passed;
    this.#relay = relay;
    // The command line with the options of Deno, which a compiled program has none of.
    const commandLine = libc.readSmallFile("/proc/self/cmdline", maxCommandLine);
    this.#words = commandLine!.split("\0").slice(0, -1);
    onStop((name) => {
      this.isStopping = true;
      this.#send(libc.signalNumbers[name]);
    });
    onHangup(() => this.#send(libc.signalNumbers.SIGHUP));
  }

  /** Starts the process, and resolves when it has ended. */
  async run(): Promise<libc.ChildEnd> {
    const passed: Passed = { ...this.#passed, isRestart: this.#runs++ > 0 };
    const pid = this.#pid = libc.spawn(Deno.execPath(), this.#words, {
      ...Deno.env.toObject(),
      [variable]: JSON.stringify(passed),
    });
    for (;;) {
      const end = libc.childEnd(pid);
      this.#relay?.forward();
      if (end) {
        this.#pid = undefined;
        return end;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  #send(signal: number): void {
    if (this.#pid !== undefined) libc.sendSignal(this.#pid, signal);
  }
}

function signalName(number: number): string {
  const entry = Object.entries(libc.signalNumbers).find(([, value]) => value === number);
  return entry?.[0] ?? `signal ${number}`;
}

/**
 * The signals of a process that holds keys. `docs/signals.md` lists the effect of each signal.
 *
 * On SIGUSR1, Deno opens V8's inspector on 127.0.0.1:9229. The inspector has no password, and a program that
 * connects to it runs code in the process. Deno listens for SIGUSR1 from half a second after the start of
 * the program. Its signal handler is installed by sigaction(2) when the first listener for the signal is
 * added, and only once in the life of the process. Therefore `guardProcess()` adds a listener first, so that
 * the handler is installed, and then makes the process ignore the signal: no handler is installed again.
 *
 * @module
 */
import inspector from "node:inspector";
import { libc } from "../ffi/mod.ts";
import { usageError } from "./exit.ts";
import { warn } from "./output.ts";

/** Signals without a use. By default, SIGUSR2 and SIGALRM end the process, and SIGUSR1 opens the inspector. */
const ignoredSignals = ["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGXFSZ"] as const;

/** The commands whose process holds private keys. */
export type KeyHolder = "serve" | "keygen";

/**
 * Prepares this process for holding keys: refuses to run under a debugger, ignores the signals that have
 * no use, and keeps its memory out of core files and of other processes of its user. Called before any
 * key is read.
 *
 * @throws {CliError} when the process was started with an option such as `--inspect`
 */
export function guardProcess(command: KeyHolder): void {
  refuseInspectorOptions();
  if (command === "serve") {
    for (const name of stopSignalNames) Deno.addSignalListener(name, () => stop(name));
    Deno.addSignalListener("SIGHUP", () => hangup());
  }
  if (!libc.isSupported()) {
    warn("SIGUSR1 opens a debugger here: let no other program of this user run beside this one");
    return;
  }
  const hangupIgnored = libc.signalDisposition("SIGHUP") === "ignored";
  // The listener stays: Deno ends the process on a pending signal that has no listener.
  Deno.addSignalListener("SIGUSR1", () => {});
  for (const name of ignoredSignals) libc.ignoreSignal(name);
  libc.forbidDumps();
  libc.forbidNewPrivileges();
  // The first listener for any signal has Deno handle SIGHUP too, which nohup(1) set to be ignored.
  if (hangupIgnored && command !== "serve") libc.ignoreSignal("SIGHUP");
  closeInspector();
}

/** The signals that stop a server. */
const stopSignalNames = ["SIGINT", "SIGTERM"] as const;
export type StopSignalName = typeof stopSignalNames[number];

let stopReceived: StopSignalName | undefined;
let stop = (name: StopSignalName) => {
  stopReceived ??= name;
};

/**
 * Calls `handle` for each SIGINT and SIGTERM from now on, and at once if one came since `guardProcess()`. The listeners
 * stay to the end of the process: without them a signal between the last call and the exit would end it with 143.
 */
export function onStop(handle: (name: StopSignalName) => void): void {
  stop = handle;
  if (stopReceived !== undefined) handle(stopReceived);
}

let hangupReceived = false;
let hangup = () => {
  hangupReceived = true;
};

/** Calls `handle` for each SIGHUP from now on, and at once if one came since `guardProcess()`. */
export function onHangup(handle: () => void): void {
  hangup = handle;
  if (hangupReceived) handle();
}

/**
 * Closes the inspector if it is open. A signal that was sent before `guardProcess()` may open it later: call
 * this function again when the keys are loaded, and when the server is ready.
 */
export function closeInspector(): void {
  inspector.close();
}

/** Options of Deno, also read from NODE_OPTIONS, that open the inspector. */
const inspectorOption = /^--inspect(-brk|-wait)?(=|$)/;

function refuseInspectorOptions(): void {
  const option = [...runtimeOptions(), ...nodeOptions()].find((word) => inspectorOption.test(word));
  if (option === undefined) return;
  throw usageError(
    `${option} lets a debugger into the process that holds the keys`,
    "Start it without that option, and without it in NODE_OPTIONS",
  );
}

/** 256 KiB of a command line, which may have 2 MiB: the options of Deno come first. */
const MAX_COMMAND_LINE = 256 * 1024;

/** Returns the command line up to the program's arguments: Deno, its options, and the main module. */
export function runtimeOptions(): string[] {
  const words =
    libc.readSmallFile("/proc/self/cmdline", MAX_COMMAND_LINE)?.split("\0").slice(0, -1) ?? [];
  return words.slice(0, Math.max(0, words.length - Deno.args.length));
}

function nodeOptions(): string[] {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "NODE_OPTIONS" });
  if (state !== "granted") return [];
  return Deno.env.get("NODE_OPTIONS")?.split(/[\s"']+/) ?? [];
}

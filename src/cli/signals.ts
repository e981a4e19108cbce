/**
 * The signals of a process that holds keys, from its start to its end. `docs/signals.md` lists what each
 * signal does.
 *
 * SIGUSR1 needs care. Deno answers it by opening V8's inspector on 127.0.0.1:9229, without a password:
 * whoever connects runs code in the process. Deno starts to listen for SIGUSR1 half a second after the
 * program's start, and installs its handler with sigaction(2) then, over any other disposition. It does so
 * only once in a process's life, when the first listener for the signal is added, and no removal of
 * a listener takes the handler away. So the guard adds a listener first, which has Deno install its
 * handler, and then has the process ignore the signal: nothing installs a handler again.
 *
 * @module
 */
import inspector from "node:inspector";
import { libc } from "../ffi/mod.ts";
import { usageError } from "./exit.ts";
import { warn } from "./output.ts";

/** Signals without a use here: each would end the process, but SIGUSR1, which opens the inspector. */
const ignoredSignals = ["SIGUSR1", "SIGUSR2", "SIGALRM"] as const;

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
  if (command === "serve") Deno.addSignalListener("SIGHUP", () => hangup());
  if (!libc.isSupported()) {
    warn("SIGUSR1 opens a debugger here: let no other program of this user run beside this one");
    return;
  }
  const hangupIgnored = libc.signalDisposition("SIGHUP") === "ignored";
  // The listener stays: without one, Deno ends the process for a signal that came before it was ignored.
  Deno.addSignalListener("SIGUSR1", () => {});
  for (const name of ignoredSignals) libc.ignoreSignal(name);
  libc.forbidDumps();
  // With the first listener for any signal, Deno also takes SIGHUP, which nohup(1) has the process ignore.
  if (hangupIgnored && command !== "serve") libc.ignoreSignal("SIGHUP");
  closeInspector();
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
 * Closes the inspector, should it be open. A signal that came before `guardProcess()` may open it after:
 * call this again when the keys have been read, and when the server is ready.
 */
export function closeInspector(): void {
  inspector.close();
}

/** An option of Deno, or of Node.js in NODE_OPTIONS, that opens the inspector. */
const inspectorOption = /^--inspect(-brk|-wait)?(=|$)/;

function refuseInspectorOptions(): void {
  const option = [...runtimeOptions(), ...nodeOptions()].find((word) => inspectorOption.test(word));
  if (option === undefined) return;
  throw usageError(
    `${option} lets a debugger into the process that holds the keys`,
    "Start it without that option, and without it in NODE_OPTIONS",
  );
}

/** Bytes of a command line, of which Linux takes 2 MiB: the options of Deno stand in front. */
const MAX_COMMAND_LINE = 256 * 1024;

/** The words of the command line before the program's own: those that Deno reads. */
function runtimeOptions(): string[] {
  const words =
    libc.readSmallFile("/proc/self/cmdline", MAX_COMMAND_LINE)?.split("\0").slice(0, -1) ?? [];
  return words.slice(0, Math.max(0, words.length - Deno.args.length));
}

function nodeOptions(): string[] {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "NODE_OPTIONS" });
  if (state !== "granted") return [];
  return Deno.env.get("NODE_OPTIONS")?.split(/[\s"']+/) ?? [];
}

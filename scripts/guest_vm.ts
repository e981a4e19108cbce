/**
 * Runs tests, or any command, in a virtual machine with real AF_VSOCK sockets.
 *
 * The guest is Debian's kernel and libraries in an initramfs, booted by QEMU without KVM, so that it needs
 * neither root nor hardware. Processes in it connect to each other by vsock loopback (CID 1). There is no vsock
 * between host and guest, because it would need /dev/vhost-vsock of the host's kernel. With `--vhost-user-vsock` a
 * process of the host serves the guest's device instead, for example
 *
 *     vhost-device-vsock --vm guest-cid=3,socket=SOCKET,uds-path=PATH
 *
 * The guest then has CID 3, and PATH is its hybrid vsock on the host.
 *
 * With `--systemd` the initramfs starts systemd on a disk with Debian, and the command runs as a unit.
 *
 * @module
 */
import { join } from "node:path";
import { debianDisk, debianEnvironment } from "./guest_vm/debian.ts";
import { type Content, writeImage } from "./guest_vm/image.ts";
import { type Job, readArguments, USAGE, UsageError } from "./guest_vm/options.ts";
import { fetchPackages } from "./guest_vm/packages.ts";
import { CACHE, GUEST_PROJECT, guestEnvironment, projectFiles } from "./guest_vm/project.ts";
import { type Outcome, runMachine } from "./guest_vm/qemu.ts";
import { parseResults } from "./guest_vm/results.ts";

const CONSOLE_LINES = 40;

/** Characters kept of the end of the output, which has the results of the tests. */
const KEPT_OUTPUT = 65_536;

/** Boots the guest for a job, until `signal` or the time limit. Returns the outcome and the end of the output. */
async function runJob(job: Job, signal: AbortSignal): Promise<[Outcome, output: string]> {
  const packages = await fetchPackages(CACHE);
  const disk = job.systemd === undefined ? undefined : await debianDisk(CACHE, job.systemd);
  const files = job.bare ? new Map<string, string>() : await projectFiles();
  const content: Content = {
    files: new Map([...files, ...job.added]),
    folder: job.bare ? "/" : GUEST_PROJECT,
    environment: disk === undefined ? guestEnvironment() : debianEnvironment,
    command: job.command,
    vsockDevice: job.vsockDevice !== undefined,
    systemd: disk !== undefined,
  };
  const folder = await Deno.makeTempDir({ prefix: "signer-guest-" });
  try {
    const initramfs = join(folder, "initramfs");
    await writeImage(initramfs, packages, content);
    let output = "";
    const decoder = new TextDecoder();
    const outcome = await runMachine({
      kernel: `${packages.root}/boot/vmlinuz-${packages.kernel}`,
      initramfs,
      memoryMiB: job.memoryMiB,
      cpus: job.cpus,
      vsockDevice: job.vsockDevice,
      disk,
      signal: AbortSignal.any([signal, AbortSignal.timeout(job.timeoutS * 1000)]),
      folder,
      onOutput: (bytes) => {
        writeAll(bytes);
        output = (output + decoder.decode(bytes, { stream: true })).slice(-KEPT_OUTPUT);
      },
    });
    return [outcome, output];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}

/** Returns the exit status of a job, and prints errors of the guest itself on stderr. */
function report(job: Job, outcome: Outcome, output: string): number {
  if (outcome.kind !== "exited") {
    console.error(`\nThe end of the guest's console:\n${tail(outcome.console)}`);
    if (outcome.kind === "aborted") {
      console.error(`The guest was ended after ${job.timeoutS} s (--timeout)`);
      return 124;
    }
    console.error(`The guest died before its command ended: ${outcome.reason}`);
    return 1;
  }
  if (job.mode === "run") return outcome.status;
  const results = parseResults(output);
  if (results === undefined || results.passed + results.failed === 0) {
    console.error("No test ran in the guest");
    return outcome.status || 1;
  }
  const { passed, failed, ignored } = results;
  console.error(`In the guest: ${passed} passed, ${failed} failed, ${ignored} ignored`);
  if (job.noneIgnored && ignored > 0) {
    console.error("Tests of transports were ignored: the guest lacks a requirement of theirs");
    return outcome.status || 1;
  }
  return outcome.status || (failed > 0 ? 1 : 0);
}

function tail(text: string): string {
  return text.replaceAll("\r", "").trimEnd().split("\n").slice(-CONSOLE_LINES).join("\n");
}

async function main(): Promise<number> {
  if (Deno.args[0] === "--help" || Deno.args[0] === "-h") {
    console.log(USAGE);
    return 0;
  }
  const job = readArguments(Deno.args);
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    throw new Error(
      `The guest runs this machine's deno, and has to be x86-64 Linux; this is ${Deno.build.target}`,
    );
  }
  const stopped = new AbortController();
  let stoppedBy = 0;
  for (const [name, number] of [["SIGHUP", 1], ["SIGINT", 2], ["SIGTERM", 15]] as const) {
    Deno.addSignalListener(name, () => {
      stoppedBy = number;
      stopped.abort();
    });
  }
  const [outcome, output] = await runJob(job, stopped.signal);
  return stoppedBy > 0 ? 128 + stoppedBy : report(job, outcome, output);
}

try {
  Deno.exitCode = await main();
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : error);
  if (usage) console.error("See guest_vm.ts --help");
  Deno.exitCode = usage ? 2 : 1;
}

/** The command line of `scripts/guest_vm.ts`. @module */
import { parseArgs } from "node:util";

/** The text of `--help`. */
export const USAGE = `Usage:
  guest_vm.ts test [OPTIONS] [FILES…] [-- DENO_TEST_OPTIONS…]
      runs \`deno test\` on the files in the guest; by default on the tests of transports, none of
      which may be ignored
  guest_vm.ts run [OPTIONS] -- COMMAND [ARGUMENTS…]
      runs a command in the guest, in the project's folder

Options:
  --add HOST:GUEST    adds a file or folder of the host at an absolute path of the guest; repeatable
  --bare              leaves Deno and the project out of the guest (only with \`run\`)
  --cpus N            number of CPUs (2)
  --memory MIB        memory, which also holds the files (2048)
  --systemd SUITE     boots that release of Debian, with systemd as its first process, and runs the
                      command as a unit (only with \`run\`; leaves Deno and the project out)
  --timeout SECONDS   time limit of the guest (900)
  --vhost-user-vsock SOCKET
                      vsock device of the guest, served by another process at this Unix socket

Exit status: the command's; 124 after the time limit; 1 when the guest failed, no test ran, or a test
was ignored that must run; 2 for a usage error.

The packages of the guest are kept in .cache/guest; remove it to fetch them again.

Needs x86-64 Linux, Debian's apt and dpkg, util-linux, and QEMU:
  apt-get install -y --no-install-recommends qemu-system-x86
\`--systemd\` needs root, and e2fsprogs and mmdebstrap.
`;

/** The flags of the `test` task except `--parallel`, which does not help on two emulated CPUs. */
const DENO_TEST = [
  "deno",
  "test",
  "-P=test",
  "--frozen",
  "--cached-only",
  "--no-check",
  "--sanitize-ops",
  "--sanitize-resources",
  "--trace-leaks",
];

/** The default tests: all that use a transport. */
const TRANSPORT_TESTS = [
  "tests/guest",
  "tests/net/hybrid_vsock_test.ts",
  "tests/net/transport_test.ts",
  "tests/grpc/dialing_test.ts",
  "tests/e2e/access_transports_test.ts",
  "tests/e2e/tls_matrix_test.ts",
  "tests/e2e/tls_transports_test.ts",
  "tests/e2e/tls_weak_test.ts",
  "tests/e2e/transports_doctor_test.ts",
  "tests/e2e/transports_peer_test.ts",
  "tests/e2e/transports_test.ts",
  "tests/e2e/transports_wait_test.ts",
];

/** A usage error. */
export class UsageError extends Error {}

/** The job of a command line. */
export interface Job {
  readonly mode: "test" | "run";
  readonly bare: boolean;
  readonly command: string[];
  /** True when an ignored test is a failure: vsock did not work in the guest then. */
  readonly noneIgnored: boolean;
  readonly added: ReadonlyMap<string, string>;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly timeoutS: number;
  /** The release of Debian that runs the command under systemd; undefined for the bare guest. */
  readonly systemd: string | undefined;
  /** The Unix socket of a vhost-user vsock device; without one the guest has loopback only. */
  readonly vsockDevice: string | undefined;
}

/** Parses a command line. Throws `UsageError`. */
export function readArguments(args: string[]): Job {
  const { values, positionals, tokens } = parse(args);
  const terminator = tokens.find(({ kind }) => kind === "option-terminator")?.index;
  const after = terminator === undefined ? [] : args.slice(terminator + 1);
  const [mode, ...files] = positionals.slice(0, positionals.length - after.length);
  if (mode !== "test" && mode !== "run") {
    throw new UsageError(`Expected \`test\` or \`run\`, got ${mode ? `"${mode}"` : "nothing"}`);
  }
  if (mode === "run" && (files.length > 0 || after.length === 0)) {
    throw new UsageError("`run` takes its command after `--`");
  }
  for (const option of ["bare", "systemd"] as const) {
    if (mode === "test" && values[option]) {
      throw new UsageError(`\`test\` cannot be \`--${option}\``);
    }
  }
  return {
    mode,
    bare: values.bare || values.systemd !== undefined,
    command: mode === "run"
      ? after
      : [...DENO_TEST, ...after, ...(files.length > 0 ? files : TRANSPORT_TESTS)],
    noneIgnored: mode === "test" && files.length === 0,
    added: new Map(values.add.map(readAdded)),
    cpus: readCount("cpus", values.cpus),
    memoryMiB: readCount("memory", values.memory),
    timeoutS: readCount("timeout", values.timeout),
    systemd: values.systemd,
    vsockDevice: values["vhost-user-vsock"],
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      tokens: true,
      options: {
        add: { type: "string", multiple: true, default: [] },
        bare: { type: "boolean", default: false },
        cpus: { type: "string", default: "2" },
        memory: { type: "string", default: "2048" },
        systemd: { type: "string" },
        timeout: { type: "string", default: "900" },
        "vhost-user-vsock": { type: "string" },
      },
    });
  } catch (error) {
    // `parseArgs()` throws for usage errors only; its message names the option.
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function readCount(option: string, value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new UsageError(`--${option} takes a number from 1, not "${value}"`);
}

/** Parses `HOST:GUEST`. */
function readAdded(value: string): [guest: string, host: string] {
  const found = /^(.+):(\/[^:]+)$/.exec(value);
  if (found === null) throw new UsageError(`--add takes HOST:/GUEST, not "${value}"`);
  return [found[2]!, found[1]!];
}

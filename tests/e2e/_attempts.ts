/**
 * A module that is loaded into a server before its own, as code that an attacker runs there: when the file that
 * ATTEMPTS names is there, it attempts actions that a server never takes, and writes the outcomes into that file.
 *
 * @module
 */
const file = Deno.env.get("ATTEMPTS")!;

/** Numbers of system calls on x86-64 and arm64. */
const calls: Readonly<Record<string, readonly [x86: number, arm: number]>> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  unshare: [272, 97],
  mount: [165, 40],
  init_module: [175, 105],
  kexec_load: [246, 104],
};

const { symbols } = Deno.dlopen("libc.so.6", {
  syscall: { parameters: ["isize", "usize", "usize", "usize", "usize", "usize"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
});
const errno = new Int32Array(
  Deno.UnsafePointerView.getArrayBuffer(symbols.__errno_location()!, 4),
);

const timer = setInterval(() => {
  try {
    if (Deno.readTextFileSync(file) !== "go") return;
  } catch {
    return;
  }
  clearInterval(timer);
  const outcomes: Record<string, unknown> = {};
  for (const [name, numbers] of Object.entries(calls)) {
    const number = numbers[Deno.build.arch === "x86_64" ? 0 : 1];
    const result = symbols.syscall(BigInt(number), 0n, 0n, 0n, 0n, 0n);
    outcomes[name] = result < 0 ? errno[0] : 0;
  }
  try {
    new Deno.Command("true").outputSync();
    outcomes.execve = 0;
  } catch (error) {
    outcomes.execve = (error as Error).name;
  }
  Deno.writeTextFileSync(file, JSON.stringify(outcomes));
}, 20);
Deno.unrefTimer(timer);

/**
 * Measures requests per second and latency of echo over each transport, on both stacks in one run:
 *
 *   deno task bench:transports [--seconds 1] [--rounds 2] [--json]
 *
 * vsock is measured where its loopback works, as in the guest VM:
 *
 *   deno run -P=test scripts/guest_vm.ts run -- \
 *     deno run --quiet --no-check --cached-only -P=test scripts/bench_transports.ts
 *
 * One single-threaded server of each stack listens on all transports. The native channel calls it on one
 * connection: sequentially for the latency, and with 32 concurrent calls for the requests per second. Turns of the
 * transports alternate, so that a machine that slows down slows all of them. The best turn counts for the requests
 * per second, all turns for the latency. Client and server share the machine.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { echoDefinition } from "../src/api/mod.ts";
import { StatusCode } from "../src/grpc/mod.ts";
import { type Stack, stacks } from "../src/grpc/stacks/mod.ts";
import {
  type NativeChannel,
  openNativeChannel,
  type PreparedMethod,
} from "../src/grpc/native/client/mod.ts";
import { vsockLoopbackWorks } from "../src/net/mod.ts";
import { root, serve } from "./serve_process.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const milliseconds = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);

/** Concurrent calls while requests per second are measured. */
const AT_ONCE = 32;

const echo = echoDefinition.Echo;
const request = echo.requestSerialize({ message: "hello" });

/** One line of the result. Latencies are in microseconds. */
interface Figures {
  readonly stack: Stack;
  readonly transport: string;
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
}

/** A channel over one transport, with its measurements. */
class Lane {
  readonly #channel: NativeChannel;
  readonly #method: PreparedMethod;
  readonly #latencies: number[] = [];
  #best = 0;

  constructor(readonly stack: Stack, readonly transport: string, address: string) {
    this.#channel = openNativeChannel({ addresses: [address] });
    this.#method = this.#channel.prepare(echo);
  }

  connect(): Promise<void> {
    return this.#channel.connect(Date.now() + 60_000);
  }

  /** Makes calls, `atOnce` at a time, until the time is over. Resolves to the microseconds of each. */
  run(atOnce: number): Promise<number[]> {
    const taken: number[] = [];
    const until = performance.now() + milliseconds;
    return new Promise((resolve, reject) => {
      let running = atOnce;
      const start = () => {
        const from = performance.now();
        this.#channel.unary(this.#method, request, {
          onDone({ code, message }) {
            if (code !== StatusCode.OK) return reject(new Error(`${code} ${message}`));
            const now = performance.now();
            taken.push((now - from) * 1000);
            if (now < until) start();
            else if (--running === 0) resolve(taken);
          },
        });
      };
      for (let i = 0; i < atOnce; i++) start();
    });
  }

  async turn(): Promise<void> {
    this.#latencies.push(...await this.run(1));
    const calls = await this.run(AT_ONCE);
    this.#best = Math.max(this.#best, calls.length * 1000 / milliseconds);
  }

  figures(): Figures {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(sorted[Math.floor(sorted.length * part)]);
    return {
      stack: this.stack,
      transport: this.transport,
      requestsPerSecond: Math.round(this.#best),
      p50: at(0.5),
      p99: at(0.99),
      calls: sorted.length,
    };
  }

  [Symbol.dispose](): void {
    this.#channel[Symbol.dispose]();
  }
}

/** Returns the addresses of the server, by transport. */
function places(directory: string): Record<string, { listen: string }> {
  return {
    tcp: { listen: "127.0.0.1:0" },
    unix: { listen: `unix:${directory}/signer.sock` },
    ...(vsockLoopbackWorks() ? { vsock: { listen: "vsock:local:any" } } : {}),
  };
}

async function measure(stack: Stack): Promise<Figures[]> {
  await using ending = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "signer-bench-" });
  ending.defer(() => Deno.remove(directory, { recursive: true }));
  const wanted = places(directory);
  const { child, addresses } = await serve(root, [
    ...["--stack", stack, "--workers", "0", "--generate", "ed25519"],
    ...Object.values(wanted).flatMap(({ listen }) => ["--listen", listen]),
  ]);
  ending.defer(async () => {
    child.kill("SIGTERM");
    await child.status;
  });
  const lanes = Object.keys(wanted).map((transport, i) =>
    ending.use(new Lane(stack, transport, addresses[i]))
  );
  for (const lane of lanes) await lane.connect();
  // The first turn warms up client and server, and does not count.
  for (const lane of lanes) await lane.run(AT_ONCE);
  for (let round = 0; round < rounds; round++) {
    for (const lane of lanes) await lane.turn();
  }
  return lanes.map((lane) => lane.figures());
}

function table(figures: readonly Figures[]): string {
  const header = ["stack", "transport", "requests/s", "p50 µs", "p99 µs"];
  const rows = figures.map(({ stack, transport, requestsPerSecond, p50, p99 }) =>
    [stack, transport, requestsPerSecond, p50, p99].map(String)
  );
  const widths = header.map((name, i) =>
    Math.max(name.length, ...rows.map((row) => row[i].length))
  );
  const line = (cells: string[]) =>
    cells.map((cell, i) => i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ");
  return [header, ...rows].map(line).join("\n");
}

const figures: Figures[] = [];
for (const stack of stacks) figures.push(...await measure(stack));
console.log(values.json ? JSON.stringify(figures, null, 2) : table(figures));

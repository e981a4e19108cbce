/**
 * Measures a good client beside clients that request as much work as they can, on both stacks:
 *
 *   deno task bench:fairness [--seconds 4] [--rate 100] [--setting native] [--tree FOLDER]
 *
 * The good client signs with P-256 at a steady rate, alone and then beside each attack. It should lose no call, and
 * its p99 should stay under 5 times its p99 alone plus one slice of the server's time (10 ms). Exits with 3 when
 * it does not on the native stack. `--setting` names one of the servers; `--tree` serves from other sources, such as an
 * older commit.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { echoDefinition, signingDefinition } from "../src/api/mod.ts";
import { readReport, type Report } from "../src/bench/mod.ts";
import type { AnyMethod } from "../src/grpc/mod.ts";
import { type NativeChannel, openNativeChannel } from "../src/grpc/native/client/mod.ts";
import { onLoopback, root, serve } from "./serve_process.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rate: { type: "string", default: "100" },
    tree: { type: "string", default: root },
    setting: { type: "string", default: "" },
  },
});

/** The longest turn of the server's thread, in milliseconds. */
const SLICE_MS = 10;

/** Endless requests: a number of concurrent calls on each connection. */
interface Attack {
  readonly connections: number;
  readonly atOnce: number;
  readonly method: AnyMethod;
  /** The requests of one call. */
  readonly requests: readonly unknown[];
}

const rsa = { keyType: "KEY_TYPE_RSA_4096", message: new Uint8Array(32) };
const { Sign, SignBatch, SignStream } = signingDefinition;

const attacks: Readonly<Record<string, Attack>> = {
  "batches of 1,024, RSA-4096": {
    ...{ connections: 2, atOnce: 50, method: SignBatch },
    requests: [{ requests: Array<object>(1_024).fill(rsa) }],
  },
  "streams, RSA-4096": {
    ...{ connections: 4, atOnce: 250, method: SignStream },
    requests: Array<object>(100).fill(rsa),
  },
  "calls, RSA-4096": { connections: 4, atOnce: 1_000, method: Sign, requests: [rsa] },
  "echoes of 4 MB of U+FFFD": {
    ...{ connections: 1, atOnce: 8, method: echoDefinition.Echo },
    requests: [{ message: "\ufffd".repeat(1_390_000) }],
  },
};

const settings = {
  "native": ["--stack", "native", "--workers", "0"],
  "native, 1 worker": ["--stack", "native", "--workers", "1"],
  "grpc-js": ["--stack", "grpc-js"],
} as const;

/** Keeps an attack going until it is disposed of. */
class Attackers implements AsyncDisposable {
  readonly #channels: NativeChannel[] = [];
  readonly #calls: Promise<void>[] = [];
  #stopped = false;

  constructor(address: string, { connections, atOnce, method, requests }: Attack) {
    for (let i = 0; i < connections; i++) {
      const channel = openNativeChannel({ addresses: [address] });
      this.#channels.push(channel);
      for (let k = 0; k < atOnce; k++) this.#calls.push(this.#call(channel, method, requests));
    }
  }

  async #call(channel: NativeChannel, method: AnyMethod, requests: readonly unknown[]) {
    while (!this.#stopped) {
      try {
        for await (const _ of channel.call(method, requests).responses) if (this.#stopped) return;
      } catch {
        // The call was refused: retry a little later.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (const channel of this.#channels) channel[Symbol.dispose]();
    await Promise.all(this.#calls);
  }
}

/** Runs the good client and returns its report. */
async function goodClient(address: string): Promise<Report> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-P", "--config", join(root, "deno.json"), join(root, "main.ts")],
      ...["bench", "sign", "--key-type", "ecdsa-p256", "--to", address, "--deadline", "30s"],
      ...["-r", options.rate, "-z", `${options.seconds}s`, "--warmup", "500ms", "-O", "json"],
    ],
  }).output();
  // Exit code 1: calls failed.
  if (code > 1) throw new Error(new TextDecoder().decode(stderr));
  return readReport(new TextDecoder().decode(stdout), "the good client's report");
}

function p99Ms({ latencyDistribution }: Report): number {
  return latencyDistribution.find(({ percentage }) => percentage === 99)!.latency / 1e6;
}

function line(name: string, figures: readonly string[]): void {
  console.log([name.padEnd(28), ...figures.map((figure) => figure.padStart(12))].join(""));
}

for (const [setting, args] of Object.entries(settings)) {
  if (!setting.startsWith(options.setting)) continue;
  const keys = ["--generate", "ecdsa-p256", "--generate", "rsa-4096"];
  const server = await serve(options.tree, [...onLoopback, ...args, ...keys]);
  try {
    const [address] = server.addresses;
    const alone = p99Ms(await goodClient(address));
    const limit = 5 * alone + SLICE_MS;
    console.log(`\n${setting}`);
    line("", ["calls", "lost", "p99", "limit"]);
    line("alone", ["", "", `${alone.toFixed(1)} ms`, `${limit.toFixed(1)} ms`]);
    for (const [name, attack] of Object.entries(attacks)) {
      await using _attackers = new Attackers(address, attack);
      // The attack is under way when the good client starts.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const report = await goodClient(address);
      const p99 = p99Ms(report);
      const lost = report.errors + report.unsent;
      const isFair = lost === 0 && p99 <= limit;
      line(name, [
        `${report.count}`,
        `${lost}`,
        `${p99.toFixed(1)} ms`,
        isFair ? "kept" : "MISSED",
      ]);
      if (!isFair && setting.startsWith("native")) Deno.exitCode = 3;
    }
  } finally {
    server.child.kill("SIGTERM");
    await server.child.status;
  }
}

/**
 * The live target of the fuzzer: a `signer serve` process with hostile clients, clients that cancel calls at random, and a
 * good client. All calls of the good client must succeed. The process must not exit, log a fault or exceed a limit of
 * memory, and nothing of the other clients may stay when they have left: no connection, call, handler, byte, or place of
 * a pipeline.
 *
 * @module
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onLoopback, root, serve } from "../../scripts/serve_process.ts";
import { servingPid } from "../_support/serving_pid.ts";
import type { AnyMethod, RpcChannel } from "../../src/grpc/mod.ts";
import { openNativeChannel } from "../../src/grpc/native/client/mod.ts";
import { openChannel } from "../../src/grpc/grpcjs/mod.ts";
import { echoDefinition, pipelineDefinition } from "../../src/api/mod.ts";
import type { ThreadReport } from "../../src/grpc/mod.ts";
import { readDescription } from "../../src/cli/debug/mod.ts";
import { callAtRandom } from "./_calls.ts";
import { LogFaults } from "./_log_faults.ts";
import { conversation, type Script, type Step } from "./_conversation.ts";

/** The stacks whose servers are fuzzed. */
export const liveStacks = ["native", "grpc-js"] as const;
export type LiveStack = typeof liveStacks[number];

/** Deadline of a call of the good client, in milliseconds. Generous, for busy machines. */
const CALL_TIMEOUT = 30_000;

/** The longest life of a hostile connection, in milliseconds. */
const SCRIPT_TIMEOUT = 300;

/** The limit of resident memory of the server, in MiB. */
const MAX_RESIDENT = 700;

/** Calls at random are made beside each third conversation: they take longer. */
const CALLS_EVERY = 3;

/** 20 s for the server to drop all that its clients have left, on a busy machine. */
const IDLE_TIMEOUT = 20_000;

/** A fault of the server after a conversation. */
export class LiveFailure extends Error {
  override readonly name = "LiveFailure";

  constructor(stack: LiveStack, readonly seed: number, problem: string, cause?: unknown) {
    super(`The ${stack} server failed at seed ${seed}: ${problem}`, { cause });
  }
}

/** A server process under test, with its good client. */
export class LiveServer implements AsyncDisposable {
  readonly #stack: LiveStack;
  readonly #child: Deno.ChildProcess;
  readonly #port: number;
  readonly #folder: string;
  readonly #channel: RpcChannel;
  readonly #faults = new LogFaults();
  readonly #logRead: Promise<void>;

  private constructor(stack: LiveStack, child: Deno.ChildProcess, port: number, folder: string) {
    this.#stack = stack;
    this.#folder = folder;
    this.#child = child;
    this.#port = port;
    this.#channel = openNativeChannel({ addresses: [`127.0.0.1:${port}`] });
    this.#logRead = this.#readLog();
  }

  /** Starts `signer serve` on a free port. */
  static async start(stack: LiveStack): Promise<LiveServer> {
    const folder = await Deno.makeTempDir();
    const options = [
      ...["--stack", stack, "--workers", "0", "--generate", "ed25519", "--generate", "ecdsa-p521"],
      ...["--pipelines", "--control", `unix:${folder}/control`],
    ];
    const { child, addresses } = await serve(root, [...onLoopback, ...options], "piped");
    return new LiveServer(stack, child, Number(/\d+$/.exec(addresses[0])![0]), folder);
  }

  /**
   * Plays the conversation of a seed.
   *
   * @throws {LiveFailure}
   */
  async play(seed: number): Promise<void> {
    try {
      const scripts = conversation(seed).map((script) => perform(this.#port, script));
      const calls = seed % CALLS_EVERY === 0 ? this.#callAtRandom(seed) : undefined;
      await this.#callWell();
      await Promise.all([...scripts, calls]);
      await this.#callWell();
    } catch (cause) {
      const status = await Promise.race([this.#child.status, sleep(500)]);
      const problem = status
        ? `it ended with ${status.signal ?? status.code}`
        : this.#fault() ?? "a call was not answered";
      throw new LiveFailure(this.#stack, seed, problem, cause);
    }
    const fault = this.#fault() ?? await this.#remains();
    if (fault) throw new LiveFailure(this.#stack, seed, fault);
    const resident = this.#residentMiB();
    if (resident > MAX_RESIDENT) {
      throw new LiveFailure(this.#stack, seed, `it takes ${resident} MiB`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel[Symbol.dispose]();
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#logRead;
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Has a client of either stack make calls, which it does not all end. */
  async #callAtRandom(seed: number): Promise<void> {
    const open = seed % 2 === 0 ? openChannel : openNativeChannel;
    using channel = open({ addresses: [`127.0.0.1:${this.#port}`] });
    await callAtRandom(channel, seed);
  }

  /** Describes all that clients have left on the server, besides the connection of the good one, once it had its time. */
  async #remains(): Promise<string | undefined> {
    let found: string[] = [];
    for (const end = performance.now() + IDLE_TIMEOUT; performance.now() < end;) {
      const { threads } = await readDescription(`unix:${this.#folder}/control`);
      const [thread] = threads as ThreadReport[];
      const { queue, connectionCount, callCount, heldBytes, unreadBytes, pendingHandlers } = thread;
      const counts = {
        ...{ queued: queue.length, calls: callCount, heldBytes, unreadBytes, pendingHandlers },
        connections: Math.max(0, connectionCount - 1),
        ...await this.#pipelineCounts(),
      };
      found = Object.entries(counts).flatMap(([name, count]) => count ? `${name}: ${count}` : []);
      if (found.length === 0) return undefined;
      await sleep(20);
    }
    return `it keeps ${found.join(", ")}`;
  }

  async #pipelineCounts(): Promise<Record<string, number>> {
    const { responses } = this.#channel.call<unknown, Record<string, number>>(
      pipelineDefinition.GetMetrics as AnyMethod,
      [{}],
      { deadline: Date.now() + CALL_TIMEOUT },
    );
    for await (const { running, waiting, streams } of responses) {
      return { running, waiting, streams };
    }
    return {};
  }

  async #callWell(): Promise<void> {
    const { responses } = this.#channel.call(echoDefinition.Echo as AnyMethod, [{
      message: "good",
    }], {
      deadline: Date.now() + CALL_TIMEOUT,
    });
    for await (const _ of responses);
  }

  /** Describes the first fault in the log. */
  #fault(): string | undefined {
    const { first } = this.#faults;
    return first && `its log has ${first}`;
  }

  async #readLog(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#faults.add(text);
    }
  }

  /** Returns the resident memory of the server (proc(5), status). */
  #residentMiB(): number {
    const status = Deno.readTextFileSync(`/proc/${servingPid(this.#child.pid)}/status`);
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1_024);
  }
}

/** Plays the script of a connection until it or the connection ends. */
async function perform(port: number, { reads, steps }: Script): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  if (reads) socket.resume();
  const timeout = setTimeout(() => socket.resetAndDestroy(), SCRIPT_TIMEOUT);
  await Promise.race([once(socket, "connect").catch(() => {}), closed]);
  for (const step of steps) {
    if (socket.destroyed) break;
    await take(socket, step, closed);
  }
  socket.resume();
  socket.destroySoon();
  await closed;
  clearTimeout(timeout);
}

async function take(socket: Socket, step: Step, closed: Promise<unknown>): Promise<void> {
  switch (step.kind) {
    case "send": {
      const hasRoom = socket.write(step.bytes);
      if (!hasRoom) await Promise.race([once(socket, "drain").catch(() => {}), closed]);
      return;
    }
    case "pause":
      await sleep(step.time);
      return;
    case "end":
      socket.end();
      return;
    case "reset":
      socket.resetAndDestroy();
  }
}

/** Servers under attack, with a well-behaved client. @module */
import assert from "node:assert/strict";
import { type NativeChannel } from "../../../src/grpc/native/client/mod.ts";
import { openNativeChannel } from "../../../src/grpc/native/client/mod.ts";
import type { AnyMethod } from "../../../src/grpc/mod.ts";
import { echo, SignerProcess } from "../../e2e/_signer.ts";

/** The deadline of the well-behaved client's calls: far longer than any call on a busy machine. */
const CALL_DEADLINE_MS = 8_000;

/**
 * A native server in a child process, and a well-behaved client that makes sequential calls on one connection while the
 * server is attacked.
 */
export class Besieged implements AsyncDisposable {
  /** Successful calls of the well-behaved client. */
  answered = 0;
  /** The highest resident memory, in KiB. */
  peakKiB = 0;
  /** The error of the first failed call. */
  failure: unknown = undefined;
  readonly #channel: NativeChannel;
  readonly #calling: Promise<void>;
  #waiting: (() => void)[] = [];
  #over = false;

  private constructor(readonly server: SignerProcess, channel: NativeChannel) {
    this.#channel = channel;
    this.#calling = this.#callOn();
  }

  static async start(...options: string[]): Promise<Besieged> {
    const server = await SignerProcess.start(
      ...["--stack", "native", "--tcp", "127.0.0.1:0", "--generate", "ecdsa-p256", ...options],
    );
    return new Besieged(server, openNativeChannel({ addresses: [...server.addresses] }));
  }

  get port(): number {
    return Number(/:(\d+)$/.exec(this.server.addresses[0])![1]);
  }

  /** Resolves after two more successful calls, of which at least one began after this. */
  async serves(): Promise<void> {
    for (let i = 0; i < 2 && this.failure === undefined; i++) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    assert.equal(this.failure, undefined);
  }

  /** Stops the client, and then the server by SIGTERM. Resolves to its log. */
  async leave(): Promise<string> {
    await this.#stopCalling();
    assert.equal(await this.server.stop(), 0);
    return this.server.log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopCalling();
    await this.server[Symbol.asyncDispose]();
  }

  async #stopCalling(): Promise<void> {
    this.#over = true;
    await this.#calling;
    this.#channel[Symbol.dispose]();
  }

  async #callOn(): Promise<void> {
    while (!this.#over && this.failure === undefined) {
      const message = `call ${this.answered}`;
      try {
        const response = await this.#echo(message);
        assert.equal(response.message, message);
        this.answered++;
        this.peakKiB = Math.max(this.peakKiB, this.server.residentKiB());
      } catch (error) {
        this.failure = error;
      }
      for (const resolve of this.#waiting.splice(0)) resolve();
      // Yields to the attackers, which share this thread.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async #echo(message: string): Promise<{ message: string }> {
    const { responses } = this.#channel.call<object, { message: string }>(
      echo.Echo as AnyMethod,
      [{ message }],
      { deadline: Date.now() + CALL_DEADLINE_MS },
    );
    for await (const response of responses) return response;
    throw new Error("The call gave no response");
  }
}

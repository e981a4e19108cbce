/** A native server without workers. @module */
import { type Address, listen, type Listener, type ListenOptions } from "../../../net/mod.ts";
import { logger } from "../../../telemetry/mod.ts";
import type { DrainReport, RpcServer, RpcServerOptions, ThreadReport } from "../../mod.ts";
import { Engine } from "./engine.ts";
import { ReactorDrive } from "./reactor_drive.ts";
import type { NativeLimits } from "./limits.ts";
import { QUIET_CHECK_MS, QuietWatch } from "./quiet_watch.ts";
import { releaseSpareMemory, trimProcess } from "./spare_memory.ts";

/** Options of a server on the native stack. */
export interface NativeServerOptions extends RpcServerOptions {
  readonly limits?: Partial<NativeLimits> | undefined;
}

/** Opens a server on the native stack that runs on the calling thread's event loop. */
export function openNativeServer(options: NativeServerOptions): RpcServer {
  return new NativeServer(options);
}

class NativeServer implements RpcServer {
  readonly stack = "native";
  readonly #engine: Engine;
  readonly #drive: ReactorDrive;
  readonly #listeners: Listener[] = [];
  readonly #quiet = new QuietWatch();
  /** Marks of progress, modulo 2^32. */
  #progress = 0;
  #checking: ReturnType<typeof setInterval> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ services, limits, tls, beforeSend, meter, observer }: NativeServerOptions) {
    const onDue = () => this.#drive.arm();
    this.#engine = new Engine({
      ...{ services, limits, tls, beforeSend, meter, observer },
      log: logger("native"),
      onDue,
      onProgress: () => this.#progress = (this.#progress + 1) | 0,
    });
    this.#drive = new ReactorDrive(this.#engine);
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    const listener = await listen(address, options);
    try {
      this.#engine.accept(listener, false);
      this.#drive.start();
    } catch (error) {
      listener.close();
      throw error;
    }
    this.#listeners.push(listener);
    this.#checking ??= setInterval(() => this.#check(), QUIET_CHECK_MS);
    return listener.address;
  }

  setLimits(limits: Partial<NativeLimits>): Promise<void> {
    this.#engine.setLimits(limits);
    // A shorter time limit of handshakes may be over before the drive would look.
    this.#drive.arm();
    return Promise.resolve();
  }

  inspect(): Promise<ThreadReport[]> {
    return Promise.resolve([this.#engine.inspect()]);
  }

  announceDrain(): Promise<void> {
    this.#engine.announceDrain();
    return Promise.resolve();
  }

  async drain(graceMs: number): Promise<DrainReport> {
    if (this.#closing === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#engine.drain(resolve);
      this.#stopListening();
      this.#drive.arm();
      const end = setTimeout(resolve, graceMs);
      await promise;
      clearTimeout(end);
    }
    await this.close();
    return { ...this.#engine.drainCounts, silentWorkers: 0 };
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#checking);
    this.#engine.stopAccepting();
    this.#stopListening();
    await this.#drive.stop();
    this.#engine[Symbol.dispose]();
  }

  #check(): void {
    const isQuiet = this.#quiet.isQuiet(this.#progress);
    if (isQuiet) releaseSpareMemory();
    if (isQuiet || this.#quiet.wasQuiet) trimProcess();
  }

  #stopListening(): void {
    for (const listener of this.#listeners.splice(0)) listener.close();
  }
}

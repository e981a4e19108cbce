/** Servers of one thread that are fed with the recorded sessions of clients, without sockets. @module */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PollHandler, Socket, Stream } from "../../src/net/mod.ts";
import type { CallObserver, ServerMeter } from "../../src/grpc/mod.ts";
import type { Engine } from "../../src/grpc/native/server/mod.ts";
import { libc } from "../../src/ffi/mod.ts";

/** The parts of `serve` that look at each call. `log` is its log of requests at the level info. */
export type Part = "log" | "metrics";

/** A version of the program, and the parts that it has. */
export interface Variant {
  /** The folder of the sources. */
  readonly root: string;
  readonly parts: readonly Part[];
}

/** Returns the name of a variant in a table. */
export function nameOf({ parts }: Variant): string {
  return parts.length === 0 ? "neither" : parts.join(" and ");
}

/** A connection whose peer plays a session, piece by piece. It takes all that is written to it. */
class Replayed implements Stream {
  readonly peer = { transport: "tcp", host: "127.0.0.1", port: 4_000 } as const;
  readonly localAddress = undefined;
  readonly peerCertificate = undefined;
  readonly readWantsWrite = false;
  readonly failure = undefined;
  readonly hasPending = false;
  written = 0;
  #piece: Uint8Array | undefined;
  #at = 0;
  #ended = false;

  constructor(public fd: number) {}

  /** Has the next reads return a piece. */
  feed(piece: Uint8Array): void {
    this.#piece = piece;
    this.#at = 0;
  }

  /** Ends the session: the next read finds the end. */
  end(): void {
    this.#ended = true;
  }

  read(buffer: Uint8Array, length: number): number {
    if (this.#piece === undefined) return this.#ended ? 0 : -libc.errno.EAGAIN;
    const part = this.#piece.subarray(this.#at, this.#at + length);
    this.#at += part.length;
    if (this.#at === this.#piece.length) this.#piece = undefined;
    buffer.set(part);
    return part.length;
  }

  write(_buffer: Uint8Array, length: number): number {
    this.written += length;
    return length;
  }

  shutdownWrite(): void {}

  takeError(): number {
    return 0;
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}

  close(): void {
    this.fd = -1;
  }
}

/** The native server of a version, with EchoService as `serve` has it. */
export class ReplayServer {
  readonly #engine: Engine;
  #nextFd = 1_000;

  private constructor(engine: Engine) {
    this.#engine = engine;
    const { poller } = engine;
    // Replaces epoll: all connections are always ready.
    const handlers = new Map<number, PollHandler>();
    poller.add = (fd, _interest, handler) => void handlers.set(fd, handler);
    poller.modify = () => {};
    poller.remove = (fd) => void handlers.delete(fd);
    poller.wait = () => {
      for (const handler of handlers.values()) handler.onReady(libc.EPOLLIN);
      return handlers.size;
    };
  }

  static async open({ root, parts }: Variant): Promise<ReplayServer> {
    const load = (path: string) => import(pathToFileURL(join(root, "src", path)).href);
    const [server, { intercept }, { echoService }, { mapErrors, negotiateProtocol }] = await Promise
      .all([
        load("grpc/native/server/mod.ts"),
        load("grpc/mod.ts"),
        load("services/echo.ts"),
        load("services/interceptors.ts"),
      ]);
    const { logger } = await load("telemetry/mod.ts");
    const { RequestLog } = await load("services/request_log.ts");
    const { createCounterMemory, ThreadCounters } = await load("telemetry/metrics/mod.ts");
    const observer: CallObserver | undefined = parts.includes("log")
      ? new RequestLog(logger("requests"), {
        levels: { others: "info", categories: {} },
        slowMs: undefined,
      })
      : undefined;
    const meter: ServerMeter | undefined = parts.includes("metrics")
      ? new ThreadCounters(createCounterMemory())
      : undefined;
    const services = [intercept(echoService(), mapErrors(() => {}), negotiateProtocol)];
    return new ReplayServer(
      new server.Engine({ services, log: logger("native"), observer, meter }),
    );
  }

  /**
   * Serves connections that play the same session at the same time, each from its beginning to its end.
   *
   * @throws {Error} when the server closes one of them
   */
  play(session: readonly Uint8Array[], connections: number): void {
    const streams = Array.from({ length: connections }, () => new Replayed(this.#nextFd++));
    for (const stream of streams) this.#engine.add(stream as unknown as Socket);
    for (const piece of session) {
      for (const stream of streams) stream.feed(piece);
      this.#engine.turn(0);
    }
    if (streams.some(({ fd }) => fd < 0)) throw new Error("The server has closed a connection");
    for (const stream of streams) stream.end();
    this.#engine.turn(0);
  }
}

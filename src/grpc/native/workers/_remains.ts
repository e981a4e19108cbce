import { libc } from "../../../ffi/mod.ts";
import type { SharedState } from "./_shared_state.ts";
import { hasEnded } from "./_thread_presence.ts";

/**
 * What a worker that was taken for dead has left in the process. Its connections are shut down at once,
 * so that peers see the end. The descriptors are closed only when its thread is certainly gone: as long
 * as it may come back, a number that it uses must not become another's.
 *
 * What cannot be given back for a thread that has not done so itself is native memory: its handles of
 * keys, whose contexts only that thread knew, some KiB for each key that it has signed with.
 */
export class Remains {
  readonly worker: number;
  readonly #shared: SharedState;
  readonly #taken: readonly number[];

  constructor(shared: SharedState, worker: number) {
    this.#shared = shared;
    this.worker = worker;
    this.#taken = shared.condemn(worker);
    // Those that are no sockets do not mind (ENOTSOCK).
    for (const fd of this.#taken) libc.shutdown(fd, libc.SHUT_RDWR);
  }

  /** Whether the thread has ended. */
  get threadHasEnded(): boolean {
    return hasEnded(this.#shared.threadFd(this.worker));
  }

  /** Closes all of it. Only when the thread has ended. */
  close(): void {
    for (const fd of this.#shared.leave(this.worker, this.#taken)) libc.close(fd);
  }
}

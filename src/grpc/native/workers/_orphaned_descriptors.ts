import { libc } from "../../../ffi/mod.ts";
import type { SharedState } from "./_shared_state.ts";
import { hasEnded } from "./_thread_presence.ts";

/**
 * Descriptors of a worker that has failed. Its connections are shut down at once, so that peers see the end. The
 * descriptors are closed once the thread has certainly ended: while it may still run, a number that it uses must not
 * come to mean another file.
 *
 * Native memory is not freed for a thread that did not do so itself: the contexts of its keys, which only that thread
 * knows, some KiB for each key that it has signed with.
 */
export class OrphanedDescriptors {
  readonly worker: number;
  readonly #shared: SharedState;
  readonly #fenced: readonly number[];

  constructor(shared: SharedState, worker: number) {
    this.#shared = shared;
    this.worker = worker;
    this.#fenced = shared.fence(worker);
    // Without effect on descriptors that are not sockets (ENOTSOCK).
    for (const fd of this.#fenced) libc.shutdown(fd, libc.SHUT_RDWR);
  }

  /** True once the thread has ended. */
  get threadHasEnded(): boolean {
    return hasEnded(this.#shared.threadFd(this.worker));
  }

  /** Closes the descriptors. To be called when the thread has ended. */
  close(): void {
    for (const fd of this.#shared.reap(this.worker, this.#fenced)) libc.close(fd);
  }
}

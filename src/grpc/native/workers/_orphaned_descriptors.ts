import { libc } from "../../../ffi/mod.ts";
import type { SharedState } from "./_shared_state.ts";
import { hasEnded } from "./_thread_presence.ts";

/**
 * Descriptors of a worker that has failed. Its connections are shut down at once, so that peers see the end. The
 * descriptors are closed once the thread has certainly ended: while it may still run, the kernel must not give a number
 * that it uses to another file.
 *
 * Native memory of the thread is not freed: only the thread itself knows the contexts of its keys, some KiB for each
 * key that it has signed with.
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

/**
 * Linux AIO (io_submit(2)), for a single operation: the kernel signals an eventfd when a descriptor becomes
 * readable, without a thread. Needs Linux 4.18 (IOCB_CMD_POLL) with CONFIG_AIO.
 *
 * @module
 */
import { libc } from "./_symbols.ts";
import { platform } from "./platform.ts";
import { check } from "./error.ts";
import { settle } from "./_result.ts";

const IOCB_CMD_POLL = 5;
const IOCB_FLAG_RESFD = 1;
const POLLIN = 1;
/** `struct timespec`: seconds and nanoseconds. */
const NO_WAIT = new BigInt64Array([0n, 0n]);
const CANCEL_WAIT = new BigInt64Array([1n, 0n]);
/** Bytes of `struct iocb` (include/uapi/linux/aio_abi.h). */
const IOCB_SIZE = 64;

/**
 * Unused contexts of this thread, kept for reuse: io_destroy(2) waits for an RCU grace period and would block
 * the thread for 10 to 30 ms.
 */
const idleContexts: bigint[] = [];

/** @throws {LibcError} */
function takeContext(): bigint {
  const idle = idleContexts.pop();
  if (idle !== undefined) return idle;
  const { symbols, errno } = libc();
  const context = new BigUint64Array(1);
  const setup = () => symbols.syscall_io_setup(platform!.ioSetup, 1, context);
  check("io_setup", settle(setup, errno));
  return context[0];
}

/** A poll of a descriptor that signals an eventfd once each time it is armed. */
export class AioPoll implements Disposable {
  readonly #context: bigint;
  /** The `struct iocb`, followed by its address: the array of one pointer for io_submit(2). */
  readonly #request = new Uint8Array(IOCB_SIZE + 8);
  readonly #pointers = this.#request.subarray(IOCB_SIZE);
  /** One `struct io_event`, read only to make room in the completion ring. */
  readonly #event = new Uint8Array(32);
  #armed = false;
  #closed = false;

  /**
   * @param fd the descriptor to poll for being readable
   * @param eventfd the descriptor to signal
   * @throws {LibcError} `ENOSYS`, `EPERM` (a seccomp filter), `EAGAIN` (/proc/sys/fs/aio-max-nr)
   */
  constructor(fd: number, eventfd: number) {
    this.#context = takeContext();
    // struct iocb: data u64 | key u32 | rw_flags u32 | opcode u16 | prio u16 | fd u32 | buf u64 |
    //              nbytes u64 | offset u64 | reserved u64 | flags u32 | resfd u32
    const view = new DataView(this.#request.buffer);
    view.setUint16(16, IOCB_CMD_POLL, true);
    view.setUint32(20, fd, true);
    view.setBigUint64(24, BigInt(POLLIN), true);
    view.setUint32(56, IOCB_FLAG_RESFD, true);
    view.setUint32(60, eventfd, true);
    const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#request));
    view.setBigUint64(IOCB_SIZE, BigInt(address), true);
  }

  /**
   * Signals the eventfd when the descriptor is readable, at once if it is already.
   *
   * @throws {LibcError} `EINVAL` where the kernel is older than 4.18
   */
  arm(): void {
    if (this.#armed || this.#closed) return;
    const { symbols, errno } = libc();
    const submit = () =>
      symbols.syscall_io_submit(BigInt(platform!.ioSubmit), this.#context, 1n, this.#pointers);
    check("io_submit", settle(submit, errno));
    this.#armed = true;
  }

  /** Reads the completion, so that `arm` can be called again. */
  complete(): void {
    if (this.#armed && !this.#closed) this.#take(0n, NO_WAIT);
  }

  /** Cancels the poll. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    const { symbols } = libc();
    if (this.#armed) {
      symbols.syscall_io_cancel(platform!.ioCancel, this.#context, this.#request, this.#event);
      // A cancelled poll completes as any other, perhaps later.
      this.#take(1n, CANCEL_WAIT);
    }
    if (this.#armed) symbols.syscall_io_destroy(platform!.ioDestroy, this.#context);
    else idleContexts.push(this.#context);
  }

  #take(atLeast: 0n | 1n, wait: BigInt64Array<ArrayBuffer>): void {
    const { symbols } = libc();
    const taken = symbols.syscall_io_getevents(
      BigInt(platform!.ioGetevents),
      this.#context,
      atLeast,
      1n,
      this.#event,
      wait,
    );
    if (taken === 1) this.#armed = false;
  }
}

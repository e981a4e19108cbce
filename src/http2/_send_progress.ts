import { ProgressMeter } from "./_progress_meter.ts";
import type { Stream } from "./_stream.ts";
import { connectionError } from "./errors.ts";

/** The progress of all bytes of a connection that wait to be sent. */
export class SendProgress {
  // Made when bytes first wait: an idle connection has neither.
  #output: ProgressMeter | undefined = undefined;
  #data: ProgressMeter | undefined = undefined;

  /** Counts bytes of output that the transport has taken. */
  outputTaken(size: number): void {
    if (this.#output !== undefined) this.#output.progress += size;
  }

  /** Counts bytes of queued DATA that were moved to the output. */
  dataTaken(size: number): void {
    if (this.#data !== undefined) this.#data.progress += size;
  }

  /**
   * Checks the progress of the output and of the queues.
   *
   * @param output bytes that wait for the transport
   * @param streams the streams that may have queues
   * @param timeout milliseconds without enough progress
   * @returns the streams whose own windows the peer has kept closed for too long
   * @throws {Http2Error} ENHANCE_YOUR_CALM when the transport or the connection's window stalls
   */
  check<User>(
    now: number,
    output: number,
    streams: Iterable<Stream<User>>,
    timeout: number,
  ): Stream<User>[] {
    const stalled: Stream<User>[] = [];
    /** Bytes of queued DATA that only the connection's window or a full output holds back. */
    let held = 0;
    for (const stream of streams) {
      const { queue } = stream;
      if (queue === null || queue.length === 0) continue;
      const late = queue.meter.hasStalled(now, queue.length, timeout);
      if (stream.sendWindow > 0) held += queue.length;
      else if (late) stalled.push(stream);
    }
    if (output > 0) this.#output ??= new ProgressMeter();
    if (held > 0) this.#data ??= new ProgressMeter();
    const outputStalls = this.#output?.hasStalled(now, output, timeout);
    if (this.#data?.hasStalled(now, held, timeout) || outputStalls) {
      const message = "The peer does not read, or keeps the connection's window closed";
      throw connectionError("ENHANCE_YOUR_CALM", message, { limit: "stallTimeout" });
    }
    return stalled;
  }
}

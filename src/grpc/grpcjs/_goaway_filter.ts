/** What the peer sends before its first frame (RFC 9113 section 3.4). */
const prefaceBytes = 24;
const frameHeaderBytes = 9;
const goawayType = 0x07;

/**
 * Takes the GOAWAY frames out of what a client sends.
 *
 * In Deno 2.9.6 a node:http2 server that receives GOAWAY closes its session from within nghttp2's own
 * callback, and nghttp2 aborts the process: `find_stream_on_goaway_func: Assertion
 * 'stream->closed_next == NULL' failed`, or a segmentation fault. A polite client that says goodbye
 * would end the server. Nothing is lost without the frame: of a client's GOAWAY a server that pushes
 * nothing learns only that the connection will close, and it learns that from its end.
 */
export class GoawayFilter {
  /** Bytes of the frame under way, or of the preface, still to come. */
  #left = prefaceBytes;
  /** Whether those are dropped. */
  #dropping = false;
  /** A frame header of which a chunk brought only the beginning. */
  readonly #header = new Uint8Array(frameHeaderBytes);
  #headerBytes = 0;

  /**
   * The bytes that go on to the session, in as few pieces as can be: views of `chunk`, but for a frame
   * header that came in parts, which waits for its end and is copied.
   */
  *filter(chunk: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, chunk.length - at);
        this.#left -= count;
        at += count;
        if (this.#dropping) from = at;
      } else if (this.#headerBytes === 0 && chunk.length - at >= frameHeaderBytes) {
        const end = at + frameHeaderBytes;
        this.#begin(chunk.subarray(at, end));
        if (this.#dropping) {
          if (from < at) yield chunk.subarray(from, at);
          from = end;
        }
        at = end;
      } else {
        if (from < at) yield chunk.subarray(from, at);
        const count = Math.min(frameHeaderBytes - this.#headerBytes, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + count), this.#headerBytes);
        this.#headerBytes += count;
        from = at += count;
        if (this.#headerBytes < frameHeaderBytes) return;
        this.#headerBytes = 0;
        this.#begin(this.#header);
        if (!this.#dropping) yield this.#header.slice();
      }
    }
    if (from < at) yield chunk.subarray(from, at);
  }

  /** Takes up a frame by its header (RFC 9113 section 4.1): 24 bits of length, 8 of type. */
  #begin(header: Uint8Array): void {
    this.#left = header[0] << 16 | header[1] << 8 | header[2];
    this.#dropping = header[3] === goawayType;
  }
}

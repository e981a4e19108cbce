/** A file of an audit log, to be checked. @module */
import { SegmentReader } from "./segment.ts";

/** A line of a file, without its line feed. */
export interface LogLine {
  readonly text: string;
  /** Position of its first byte. */
  readonly offset: number;
  /** Position after its line feed. */
  readonly end: number;
  /** False for the last line of a file when it has no line feed. */
  readonly isEnded: boolean;
}

/** 1 MiB read at once. */
const CHUNK = 1024 * 1024;

/** 1 MiB: lines have at most some 6 KB, so longer text is no line of an audit log. */
const MAX_LINE = 1024 * 1024;

const LINE_FEED = 0x0a;

export class LogFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  static open(path: string): LogFile {
    return new LogFile(path, Deno.openSync(path));
  }

  /** The lines. Other methods may be called between two of them. */
  *lines(): Generator<LogLine> {
    const buffer = new Uint8Array(CHUNK);
    let rest = new Uint8Array(0);
    let position = 0;
    for (;;) {
      this.#file.seekSync(position, Deno.SeekMode.Start);
      const read = this.#file.readSync(buffer) ?? 0;
      if (read === 0) break;
      const bytes = new Uint8Array(rest.length + read);
      bytes.set(rest);
      bytes.set(buffer.subarray(0, read), rest.length);
      let start = 0;
      const base = position - rest.length;
      position += read;
      for (;;) {
        let end = bytes.indexOf(LINE_FEED, start);
        if (end < 0 && bytes.length - start <= MAX_LINE) break;
        if (end < 0) end = bytes.length - 1;
        yield line(bytes.subarray(start, end), base + start, base + end + 1, true);
        start = end + 1;
      }
      rest = bytes.slice(start);
    }
    if (rest.length > 0) yield line(rest, position - rest.length, position, false);
  }

  /** The hash of a part (`SegmentReader`). */
  hash(from: number, before: string, to: number): string | undefined {
    if (!(from >= 0 && to >= from) || !/^[0-9a-f]{64}$/.test(before)) return undefined;
    const reader = new SegmentReader(this.#file, from, before, to);
    while (reader.advance());
    return reader.finish().hash;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function line(bytes: Uint8Array, offset: number, end: number, isEnded: boolean): LogLine {
  return { text: new TextDecoder().decode(bytes), offset, end, isEnded };
}

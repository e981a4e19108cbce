/**
 * The state of a test run that its test files share. With `--parallel` they run in isolates of one process, which
 * share no memory, so the state is a locked file.
 *
 * @module
 */
import type { OpenThings } from "./open_things.ts";

interface Content {
  /** Things that were open when no file ran. */
  before: string[];
  /** Files that have started and not ended. */
  running: string[];
  /** For each open thing the files that ran when it was first seen. */
  suspects: Record<string, string[]>;
  /** For each running file the new things at its start, among which are Deno's own of its thread. */
  own: Record<string, string[]>;
  /** The new things of each of the last events. */
  latest: string[][];
}

const EMPTY: Content = { before: [], running: [], suspects: {}, own: {}, latest: [] };

/** Events of other files that may see the things of a new thread before the start of its file. */
const EVENTS_BEFORE = 8;

/** A run of `deno test`: one process. */
export class RunState {
  /** The environment variable with the id of the run, which child processes inherit. */
  static readonly variable = "TEST_RUN_ID";

  readonly #path: string;

  constructor(readonly id: string, folder: string) {
    this.#path = `${folder}/${id}`;
  }

  /** The state of this process, whose id and start time (proc(5), stat, field 22) no other process has. */
  static ofThisProcess(): RunState {
    const fields = Deno.readTextFileSync("/proc/self/stat").split(") ").at(-1)!.split(" ");
    return new RunState(`signer-test-${Deno.pid}-${fields[19]}`, Deno.env.get("TMPDIR") ?? "/tmp");
  }

  /** Records the start of a test file. */
  start(file: string, open: OpenThings): void {
    this.#change((content) => {
      const running = [...content.running, file];
      const { suspects, latest } = see(content, open, running);
      return {
        before: content.running.length === 0 ? [...open.keys()] : content.before,
        running,
        suspects,
        own: { ...content.own, [file]: latest.flat() },
        latest,
      };
    });
  }

  /**
   * Records the end of a test file. Returns undefined, and changes nothing, while no other file runs and a thing is
   * open that a file has opened, unless `isLate`. Otherwise returns a line for each such thing.
   */
  end(file: string, open: OpenThings, isLate: boolean): string[] | undefined {
    let left: string[] | undefined = [];
    this.#change((content) => {
      const { suspects, latest } = see(content, open, content.running);
      const { [file]: own, ...others } = content.own;
      const running = content.running.filter((name) => name !== file);
      if (running.length > 0) return { ...content, running, suspects, latest, own: others };
      left = [...open].filter(([key]) => !content.before.includes(key) && !own.includes(key))
        .map(([key, text]) => `${text}\n    since ${suspects[key].join(" or ")}`);
      if (left.length === 0 || isLate) return undefined;
      left = undefined;
      return content;
    });
    return left;
  }

  /** Changes the content under the lock of its file, or removes the file. */
  #change(change: (content: Content) => Content | undefined): void {
    using file = this.#openLocked();
    const text = new TextDecoder().decode(readAll(file));
    const content = change(text === "" ? EMPTY : JSON.parse(text));
    if (content === undefined) return Deno.removeSync(this.#path);
    file.truncateSync();
    file.seekSync(0, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode(JSON.stringify(content)));
  }

  #openLocked(): Deno.FsFile {
    for (;;) {
      const file = Deno.openSync(this.#path, { read: true, write: true, create: true });
      file.lockSync(true);
      // Another thread may have removed it while this one waited for the lock.
      if (isAt(file, this.#path)) return file;
      file.close();
    }
  }
}

/** Returns the suspects of all open things, with those given for the new ones, and the new things of the last events. */
function see(
  { suspects, latest }: Content,
  open: OpenThings,
  running: string[],
): Pick<Content, "suspects" | "latest"> {
  const fresh = [...open.keys()].filter((key) => suspects[key] === undefined);
  return {
    suspects: Object.fromEntries([...open.keys()].map((key) => [key, suspects[key] ?? running])),
    latest: [...latest, fresh].slice(-EVENTS_BEFORE),
  };
}

function readAll(file: Deno.FsFile): Uint8Array {
  const bytes = new Uint8Array(file.statSync().size);
  for (let at = 0; at < bytes.length;) at += file.readSync(bytes.subarray(at)) ?? bytes.length;
  return bytes;
}

function isAt(file: Deno.FsFile, path: string): boolean {
  try {
    return file.statSync().ino === Deno.statSync(path).ino;
  } catch {
    return false;
  }
}

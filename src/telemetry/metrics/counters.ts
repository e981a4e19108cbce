/**
 * Counters of one thread in shared memory. The thread alone writes them, with plain stores, and the main thread reads
 * them: no lock, no atomic operation and no allocation on the path of a request. A store of 8 aligned bytes is not torn
 * on x86-64 and AArch64; a reader may see one counter before another.
 *
 * The memory is three tables of named series, and the connections:
 *
 * ```text
 * header      Int32: number of methods, of signature series, and of limits
 * methods     MAX_METHODS names, and for each: calls by status, by time and by wait, an exemplar for each time
 * signatures  MAX_SIGNATURES names (key, NUL, algorithm), and a counter for each
 * limits      MAX_LIMITS names, and a counter for each
 * connections for each transport: opened, closed, open streams, bytes received and sent
 * thread      its number, lines of its log that were dropped, and the lateness of its last timers
 * ```
 *
 * A series gets its place when it first counts. When a table is full, further series share its first place.
 *
 * @module
 */

/** 64 methods; the server has 13, and pipelines. Others count together. */
const MAX_METHODS = 64;
const METHOD_NAME_BYTES = 128;

/** 256 pairs of a key and an algorithm. Others count together, so that a scrape stays small. */
export const MAX_SIGNATURES = 256;
/** A key id of 128 characters, NUL, and the longest name of an algorithm. */
const SIGNATURE_NAME_BYTES = 192;

/** 64 limits; the server has some 45. */
const MAX_LIMITS = 64;
const LIMIT_NAME_BYTES = 48;

/** The upper bounds of the buckets of times, in seconds, from 10 µs to 10 s; one more bucket has none. */
export const BUCKETS: readonly number[] = [
  ...[1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3],
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
];
const BUCKETS_MS = Float64Array.from(BUCKETS, (seconds) => seconds * 1_000);

const STATUSES = 17;
const TIMES_AT = STATUSES;
const SUM_AT = TIMES_AT + BUCKETS.length + 1;
const WAITS_AT = SUM_AT + 1;
const WAITS_SUM_AT = WAITS_AT + BUCKETS.length + 1;
/** For each bucket of times an exemplar: milliseconds, time since 1970 in milliseconds, and the trace id. */
const EXEMPLARS_AT = WAITS_SUM_AT + 1;
const TRACE_ID_BYTES = 16;
const EXEMPLAR_CELLS = 2 + TRACE_ID_BYTES / 8;
const METHOD_CELLS = EXEMPLARS_AT + (BUCKETS.length + 1) * EXEMPLAR_CELLS;

/** A newer exemplar of a bucket replaces one that is a second old. */
const EXEMPLAR_MS = 1_000;

/** The transports of connections, `Peer.transport`. */
const TRANSPORTS = ["tcp", "vsock", "unix", "unknown"] as const;
const CONNECTION_CELLS = 5;

/** 16 timers of a second: the time between two scrapes. */
const LAGS = 16;
const THREAD_CELLS = 2 + LAGS;

const HEADER_BYTES = 16;
const METHOD_NAMES_AT = HEADER_BYTES;
const SIGNATURE_NAMES_AT = METHOD_NAMES_AT + MAX_METHODS * METHOD_NAME_BYTES;
const LIMIT_NAMES_AT = SIGNATURE_NAMES_AT + MAX_SIGNATURES * SIGNATURE_NAME_BYTES;
const CELLS_AT = LIMIT_NAMES_AT + MAX_LIMITS * LIMIT_NAME_BYTES;
const SIGNATURES_AT = MAX_METHODS * METHOD_CELLS;
const LIMITS_AT = SIGNATURES_AT + MAX_SIGNATURES;
const CONNECTIONS_AT = LIMITS_AT + MAX_LIMITS;
const THREAD_AT = CONNECTIONS_AT + TRANSPORTS.length * CONNECTION_CELLS;
const CELLS = THREAD_AT + THREAD_CELLS;

/** 64 calls that were not measured are recorded together, at the mean. */
const ESTIMATED_TOGETHER = 64;

/** The name of the series that counts methods, keys and algorithms without a series of their own. */
export const OTHER = "other";

/** The counters of a method. */
export interface MethodCounts {
  readonly method: string;
  /** Calls by status code. */
  readonly statuses: readonly number[];
  /** Calls by bucket, each for itself. */
  readonly times: readonly number[];
  readonly seconds: number;
  /** Waits in the queue by bucket, each for itself. */
  readonly waits: readonly number[];
  readonly waitSeconds: number;
  /** An exemplar of each bucket of times that has one. */
  readonly exemplars: readonly (Exemplar | undefined)[];
}

/** A call that stands for a bucket: its trace. */
export interface Exemplar {
  readonly traceId: string;
  readonly seconds: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** The counters of a thread at one time. */
export interface ThreadCounts {
  readonly methods: readonly MethodCounts[];
  readonly signatures: readonly { key: string; algorithm: string; count: number }[];
  readonly connections: readonly {
    transport: string;
    opened: number;
    closed: number;
    streams: number;
    received: number;
    sent: number;
  }[];
  readonly limits: readonly { limit: string; count: number }[];
  /** Number of the thread in the kernel (gettid(2)); 0 until it is known. */
  readonly thread: number;
  readonly droppedLines: number;
  /** The longest lateness of the last timers of a second, in seconds. */
  readonly lagSeconds: number;
}

/** Creates the memory of a thread's counters. */
export function createCounterMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(CELLS_AT + CELLS * Float64Array.BYTES_PER_ELEMENT);
  new Names(memory, 0, METHOD_NAMES_AT, METHOD_NAME_BYTES, MAX_METHODS).claim(OTHER);
  new Names(memory, 1, SIGNATURE_NAMES_AT, SIGNATURE_NAME_BYTES, MAX_SIGNATURES)
    .claim(`${OTHER}\0${OTHER}`);
  new Names(memory, 2, LIMIT_NAMES_AT, LIMIT_NAME_BYTES, MAX_LIMITS).claim(OTHER);
  return memory;
}

/** A table of names in shared memory, which grows at its end. */
class Names {
  readonly #count: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #places = new Map<string, number>();

  constructor(
    memory: SharedArrayBuffer,
    word: number,
    at: number,
    readonly size: number,
    readonly max: number,
  ) {
    this.#count = new Int32Array(memory, word * 4, 1);
    this.#bytes = new Uint8Array(memory, at, max * size);
  }

  /** Returns the place of a name, a new one if there is room, and else 0. */
  claim(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(name);
    const place = Atomics.load(this.#count, 0);
    if (place >= this.max || bytes.length > this.size) return 0;
    this.#bytes.set(bytes, place * this.size);
    this.#places.set(name, place);
    Atomics.store(this.#count, 0, place + 1);
    return place;
  }

  list(): string[] {
    return Array.from({ length: Atomics.load(this.#count, 0) }, (_, place) => {
      const bytes = this.#bytes.slice(place * this.size, (place + 1) * this.size);
      const text = new TextDecoder().decode(bytes);
      return text.replace(/\0+$/, "");
    });
  }
}

/** The counters of a method, as its thread writes them. */
class MethodCounters {
  readonly #cells: Float64Array;
  #estimated = 0;

  constructor(cells: Float64Array) {
    this.#cells = cells;
  }

  ended(status: number): void {
    this.#cells[status]++;
  }

  measured(ms: number, traceId?: string): void {
    const bucket = this.#record(ms, 1);
    if (traceId !== undefined) this.#exemplify(bucket, ms, traceId);
  }

  waited(ms: number): void {
    this.#cells[WAITS_AT + bucketOf(ms)]++;
    this.#cells[WAITS_SUM_AT] += ms / 1_000;
  }

  estimated(meanMs: number): void {
    if (++this.#estimated < ESTIMATED_TOGETHER) return;
    this.#estimated = 0;
    this.#record(meanMs, ESTIMATED_TOGETHER);
  }

  #record(ms: number, calls: number): number {
    const bucket = bucketOf(ms);
    this.#cells[TIMES_AT + bucket] += calls;
    this.#cells[SUM_AT] += calls * ms / 1_000;
    return bucket;
  }

  /** A reader drops an exemplar that changes while it is read: the time is 0 until all of it is written. */
  #exemplify(bucket: number, ms: number, traceId: string): void {
    const at = EXEMPLARS_AT + bucket * EXEMPLAR_CELLS;
    const now = Date.now();
    if (now - this.#cells[at + 1] < EXEMPLAR_MS) return;
    this.#cells[at + 1] = 0;
    this.#cells[at] = ms;
    traceBytes(this.#cells, at).setFromHex(traceId);
    this.#cells[at + 1] = now;
  }
}

function bucketOf(ms: number): number {
  let bucket = 0;
  while (bucket < BUCKETS_MS.length && ms > BUCKETS_MS[bucket]) bucket++;
  return bucket;
}

/** The bytes of the trace id of the exemplar at a cell. */
function traceBytes(cells: Float64Array, at: number): Uint8Array {
  return new Uint8Array(cells.buffer, cells.byteOffset + (at + 2) * 8, TRACE_ID_BYTES);
}

function readExemplar(cells: Float64Array, bucket: number): Exemplar | undefined {
  const at = EXEMPLARS_AT + bucket * EXEMPLAR_CELLS;
  const [ms, timestamp] = cells.subarray(at, at + 2);
  const traceId = traceBytes(cells, at).toHex();
  if (timestamp === 0 || cells[at + 1] !== timestamp) return undefined;
  return { traceId, seconds: ms / 1_000, timestamp: timestamp / 1_000 };
}

/** The counters of a thread. One thread writes to a memory, any may read. */
export class ThreadCounters {
  readonly #cells: Float64Array;
  readonly #methods: Names;
  readonly #signatures: Names;
  readonly #limits: Names;
  #lags = 0;
  readonly #signaturePlaces = new Map<string, Map<string, number>>();

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Float64Array(memory, CELLS_AT, CELLS);
    this.#methods = new Names(memory, 0, METHOD_NAMES_AT, METHOD_NAME_BYTES, MAX_METHODS);
    const at = SIGNATURE_NAMES_AT;
    this.#signatures = new Names(memory, 1, at, SIGNATURE_NAME_BYTES, MAX_SIGNATURES);
    this.#limits = new Names(memory, 2, LIMIT_NAMES_AT, LIMIT_NAME_BYTES, MAX_LIMITS);
  }

  /** Returns the counters of a method; undefined is for all methods that the server does not have. */
  method(path: string | undefined): MethodCounters {
    const place = path === undefined ? 0 : this.#methods.claim(path);
    return new MethodCounters(this.#methodCells(place));
  }

  /** Counts a signature. */
  signed(key: string, algorithm: string): void {
    let places = this.#signaturePlaces.get(key);
    if (places === undefined) this.#signaturePlaces.set(key, places = new Map());
    let place = places.get(algorithm);
    if (place === undefined) {
      place = this.#signatures.claim(`${key}\0${algorithm}`);
      places.set(algorithm, place);
    }
    this.#cells[SIGNATURES_AT + place]++;
  }

  connection(transport: string, change: 1 | -1): void {
    this.#cells[connectionsAt(transport) + (change === 1 ? 0 : 1)]++;
  }

  streams(transport: string, count: number): void {
    this.#cells[connectionsAt(transport) + 2] = count;
  }

  bytes(transport: string, received: number, sent: number): void {
    const at = connectionsAt(transport);
    this.#cells[at + 3] += received;
    this.#cells[at + 4] += sent;
  }

  /** Counts a limit that a peer has reached, once or more, by the limit's name. */
  limit(name: string, count = 1): void {
    this.#cells[LIMITS_AT + this.#limits.claim(name)] += count;
  }

  /** Records the lateness of the thread's timer of a second; undefined when the timer stops. */
  lag(ms: number | undefined): void {
    const lags = this.#cells.subarray(THREAD_AT + 2, THREAD_AT + THREAD_CELLS);
    if (ms === undefined) lags.fill(0);
    else lags[this.#lags++ % LAGS] = ms;
  }

  /** Records the number of the thread in the kernel. */
  thread(number: number): void {
    this.#cells[THREAD_AT] = number;
  }

  /** Records the number of lines of the thread's log that were dropped, in all. */
  droppedLines(count: number): void {
    this.#cells[THREAD_AT + 1] = count;
  }

  read(): ThreadCounts {
    const cells = this.#cells;
    return {
      methods: this.#methods.list().map((method, place) => {
        const own = [...this.#methodCells(place)];
        return {
          method,
          statuses: own.slice(0, STATUSES),
          times: own.slice(TIMES_AT, SUM_AT),
          seconds: own[SUM_AT],
          waits: own.slice(WAITS_AT, WAITS_SUM_AT),
          waitSeconds: own[WAITS_SUM_AT],
          exemplars: Array.from(
            { length: BUCKETS.length + 1 },
            (_, bucket) => readExemplar(this.#methodCells(place), bucket),
          ),
        };
      }),
      signatures: this.#signatures.list().map((name, place) => {
        const [key, algorithm] = name.split("\0");
        return { key, algorithm, count: cells[SIGNATURES_AT + place] };
      }),
      connections: TRANSPORTS.map((transport) => {
        const at = connectionsAt(transport);
        const [opened, closed, streams, received, sent] = cells.subarray(at, at + CONNECTION_CELLS);
        return { transport, opened, closed, streams, received, sent };
      }),
      limits: this.#limits.list().map((limit, place) => ({
        limit,
        count: cells[LIMITS_AT + place],
      })),
      thread: cells[THREAD_AT],
      droppedLines: cells[THREAD_AT + 1],
      lagSeconds: Math.max(...cells.subarray(THREAD_AT + 2, THREAD_AT + THREAD_CELLS)) / 1_000,
    };
  }

  #methodCells(place: number): Float64Array {
    return this.#cells.subarray(place * METHOD_CELLS, (place + 1) * METHOD_CELLS);
  }
}

function connectionsAt(transport: string): number {
  const index = TRANSPORTS.indexOf(transport as typeof TRANSPORTS[number]);
  const last = TRANSPORTS.length - 1;
  return CONNECTIONS_AT + (index < 0 ? last : index) * CONNECTION_CELLS;
}

/** Significant bits of a recorded value. The relative error is at most 2^-10, about a thousandth. */
const SIGNIFICANT_BITS = 10;

const HALF = 1 << SIGNIFICANT_BITS;
/** The largest value: 2^42 ns, over an hour. Larger values are recorded as this. */
const MAX_VALUE = 2 ** 42;
const SIZE = indexOf(MAX_VALUE) + 1;

/** Indices of the summary values, which precede the counts. */
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
const COUNTS = 4;

/**
 * A histogram of high dynamic range: counts of nanoseconds in buckets whose width grows with the value, with the
 * layout of Gil Tene's HdrHistogram, in constant memory (272 KiB).
 *
 * It is a view of plain numbers and can be in shared memory. The recording thread takes no lock, so a reader may see a
 * value in some of the numbers and not yet in others.
 */
export class Histogram {
  /** Size of a histogram in bytes. */
  static readonly BYTES = (COUNTS + SIZE) * Float64Array.BYTES_PER_ELEMENT;
  readonly #cells: Float64Array;

  /** @param cells zeros, or the cells of another histogram; default: new memory */
  constructor(cells: Float64Array = new Float64Array(COUNTS + SIZE)) {
    this.#cells = cells;
  }

  /** Returns a histogram over existing memory, starting at `offset`. */
  static at(buffer: ArrayBufferLike, offset: number): Histogram {
    return new Histogram(new Float64Array(buffer, offset, COUNTS + SIZE));
  }

  /** The number of recorded values. */
  get count(): number {
    return this.#cells[COUNT];
  }

  get sum(): number {
    return this.#cells[SUM];
  }

  /** The smallest value; 0 if there is none. */
  get min(): number {
    return this.#cells[MIN];
  }

  /** The largest value, exact; 0 if there is none. */
  get max(): number {
    return this.#cells[MAX];
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** The standard deviation. */
  get deviation(): number {
    if (this.count === 0) return 0;
    const { mean } = this;
    let squares = 0;
    for (const [index, count] of this.buckets()) squares += count * (middleOf(index) - mean) ** 2;
    return Math.sqrt(squares / this.count);
  }

  /** Records a value in whole nanoseconds. Negative values are recorded as 0. */
  record(value: number): void {
    const cells = this.#cells;
    const clamped = value > 0 ? Math.min(value, MAX_VALUE) : 0;
    cells[COUNTS + indexOf(clamped)]++;
    cells[SUM] += clamped;
    if (cells[COUNT]++ === 0 || clamped < cells[MIN]) cells[MIN] = clamped;
    if (clamped > cells[MAX]) cells[MAX] = clamped;
  }

  /**
   * Returns the value that `percent` of all values do not exceed, up to the width of a bucket; 0 if there is none.
   */
  percentile(percent: number): number {
    if (this.count === 0) return 0;
    const rank = Math.max(1, Math.ceil(percent / 100 * this.count - 1e-9));
    let seen = 0;
    for (let index = 0; index < SIZE; index++) {
      seen += this.#cells[COUNTS + index];
      if (seen >= rank) return Math.max(this.min, Math.min(this.max, highestOf(index)));
    }
    return this.max;
  }

  /** Adds the values of another histogram. */
  add(other: Histogram): void {
    const cells = this.#cells;
    const others = other.#cells;
    if (other.count === 0) return;
    cells[MIN] = this.count === 0 ? other.min : Math.min(this.min, other.min);
    cells[MAX] = Math.max(this.max, other.max);
    cells[COUNT] += others[COUNT];
    cells[SUM] += others[SUM];
    // The values of a load are in few of the buckets, and a running load is sampled ten times a second.
    const end = COUNTS + indexOf(others[MAX]);
    for (let i = COUNTS + indexOf(others[MIN]); i <= end; i++) cells[i] += others[i];
  }

  /** Removes all values. */
  clear(): void {
    this.#cells.fill(0);
  }

  /**
   * Returns the values that were recorded since `earlier`, a copy of this histogram. Minimum and maximum are
   * exact to the width of a bucket.
   *
   * @param result an empty histogram to fill
   */
  since(earlier: Histogram, result: Histogram = new Histogram()): Histogram {
    const last = indexOf(this.max);
    for (let index = indexOf(this.min); index <= last; index++) {
      const count = this.#cells[COUNTS + index] - earlier.#cells[COUNTS + index];
      if (count > 0) result.#addBucket(index, count);
    }
    result.#cells[SUM] = Math.max(0, this.sum - earlier.sum);
    return result;
  }

  copy(): Histogram {
    return new Histogram(new Float64Array(this.#cells));
  }

  /** Iterates over the non-empty buckets in order. */
  *buckets(): Generator<[index: number, count: number]> {
    for (let index = 0; index < SIZE; index++) {
      const count = this.#cells[COUNTS + index];
      if (count > 0) yield [index, count];
    }
  }

  /** Returns the number of values that are at most `value`, up to the width of a bucket. */
  countUpTo(value: number): number {
    const last = indexOf(Math.min(value, MAX_VALUE));
    let seen = 0;
    for (let index = 0; index <= last; index++) seen += this.#cells[COUNTS + index];
    return seen;
  }

  /** Converts the histogram to plain numbers for JSON. */
  toEncoded(): EncodedHistogram {
    const { sum, min, max } = this;
    return { significantBits: SIGNIFICANT_BITS, sum, min, max, counts: [...this.buckets()].flat() };
  }

  /** @throws {TypeError} if the value is not from `toEncoded()` */
  static fromEncoded(encoded: EncodedHistogram): Histogram {
    const { significantBits, counts, sum, min, max } = encoded;
    if (significantBits !== SIGNIFICANT_BITS || !Array.isArray(counts) || counts.length % 2 !== 0) {
      throw new TypeError(`Not a histogram of ${SIGNIFICANT_BITS} significant bits`);
    }
    const result = new Histogram();
    for (let i = 0; i < counts.length; i += 2) {
      const [index, count] = [counts[i], counts[i + 1]];
      if (!(Number.isInteger(index) && index >= 0 && index < SIZE && count > 0)) {
        throw new TypeError(`A histogram has no bucket ${index} with ${count} values`);
      }
      result.#addBucket(index, count);
    }
    const numbers = [sum, min, max].every((figure) => Number.isFinite(figure) && figure >= 0);
    if (!numbers || max > MAX_VALUE) {
      throw new TypeError("A histogram has a sum, a smallest and a largest value");
    }
    for (const [index] of result.buckets()) {
      if (index < indexOf(min) || index > indexOf(max)) {
        throw new TypeError("A histogram has no values outside of its smallest and largest one");
      }
    }
    result.#cells.set([sum, min, max], SUM);
    return result;
  }

  #addBucket(index: number, count: number): void {
    const cells = this.#cells;
    cells[COUNTS + index] += count;
    if (cells[COUNT] === 0) cells[MIN] = lowestOf(index);
    cells[COUNT] += count;
    cells[SUM] += count * middleOf(index);
    cells[MAX] = Math.max(cells[MAX], highestOf(index));
  }
}

/** A histogram in JSON. Values are in nanoseconds; `counts` alternates index and count. */
export interface EncodedHistogram {
  readonly significantBits: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/**
 * Returns the bucket of a value. Each value below 2^11 has its own bucket; each doubling above has 2^10 buckets:
 * `s·2^10 + v/2^s`, with `s` such that `v/2^s` is from 2^10 to 2^11.
 */
export function indexOf(value: number): number {
  if (value < 2 * HALF) return value | 0;
  if (value < 2 ** 32) {
    // Without `**`, which is a call of pow(3).
    const shift = 31 - SIGNIFICANT_BITS - Math.clz32(value);
    return shift * HALF + (value >>> shift);
  }
  const shift = 63 - SIGNIFICANT_BITS - Math.clz32(value / 2 ** 32);
  return shift * HALF + Math.floor(value / 2 ** shift);
}

/** Returns the smallest value of a bucket. */
export function lowestOf(index: number): number {
  if (index < 2 * HALF) return index;
  const shift = Math.floor(index / HALF) - 1;
  return (index - shift * HALF) * 2 ** shift;
}

function highestOf(index: number): number {
  return index < 2 * HALF ? index : lowestOf(index + 1) - 1;
}

/** Returns the value that represents a bucket. */
function middleOf(index: number): number {
  return (lowestOf(index) + highestOf(index)) / 2;
}

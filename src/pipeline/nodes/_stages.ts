/**
 * The stages in which speexdsp changes a sample rate.
 *
 * speexdsp computes an output sample in one of two ways. When the denominator of the ratio is small, it has a table with
 * the filter for each phase, and multiplies four taps at a time. Else it interpolates between the entries of a coarser
 * table, one tap at a time. Several stages with small denominators can therefore be faster than one: from 44.1 to 16 kHz,
 * three take half the time.
 *
 * @module
 */

/** A change of sample rate, in hertz. */
export interface Stage {
  readonly from: number;
  readonly to: number;
}

/** More stages gain nothing: each has to filter, too. */
const MAX_STAGES = 3;

/** The share of the cost of one stage under which several are used. */
const WORTHWHILE = 0.8;

/** The time of a sample besides its taps, in interpolated taps (measured: 2 of 0.8 ns). */
const PER_SAMPLE = 3;

/** The time of a tap of a table in interpolated taps, when speexdsp sums in single and in double precision (measured). */
const TABULATED = { single: 0.21, double: 0.35 };

/** Taps and table entries of a filter for each quality: `quality_map` of speexdsp's `resample.c`. */
const TAPS = [8, 16, 32, 48, 64, 80, 96, 128, 160, 192, 256];
const OVERSAMPLING = [4, 4, 4, 8, 8, 16, 16, 16, 16, 32, 32];

/** The quality from which on speexdsp sums in double precision. */
const DOUBLE_FROM = 9;

/** Results by their arguments: a search takes up to a few milliseconds. */
const known = new Map<string, readonly Stage[]>();
const MAX_KNOWN = 256;

/** Returns the stages that take the least time. None has a rate under both `from` and `to`. */
export function stagesOf(from: number, to: number, quality: number): readonly Stage[] {
  const name = `${from} ${to} ${quality}`;
  let stages = known.get(name);
  if (stages === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, stages = search(from, to, quality));
  }
  return stages;
}

function search(from: number, to: number, quality: number): readonly Stage[] {
  let best: readonly Stage[] = [{ from, to }];
  let least = costOf({ from, to }, quality) * WORTHWHILE;
  const extend = (stages: readonly Stage[], rate: number, cost: number) => {
    const last = { from: rate, to };
    const total = cost + costOf(last, quality);
    if (stages.length > 0 && total < least) [best, least] = [[...stages, last], total];
    if (stages.length + 1 === MAX_STAGES) return;
    const common = greatestCommonDivisor(rate, to);
    for (const divisor of divisors(rate / common)) {
      for (const factor of divisors(to / common)) {
        const stage = { from: rate, to: rate / divisor * factor };
        if (stage.to < Math.min(from, to) || stage.to === rate || stage.to === to) continue;
        const more = cost + costOf(stage, quality);
        if (more < least) extend([...stages, stage], stage.to, more);
      }
    }
  };
  extend([], from, 0);
  return best;
}

/** The samples of a channel that speexdsp keeps besides the taps of the filter: `buffer_size` of `resample.c`. */
const BUFFERED = 160;

/** Estimates the memory of a stage in bytes: its table of the filter, and the newest samples of each channel. */
export function stageBytes(stage: Stage, channels: number, quality: number): number {
  const taps = tapsOf(stage, quality);
  const table = isTabulated(stage, quality)
    ? taps * phasesOf(stage)
    : taps * oversamplingOf(stage, quality) + 8;
  return 4 * (table + channels * (taps - 1 + BUFFERED));
}

/** The time of a second of audio, in interpolated taps. */
function costOf(stage: Stage, quality: number): number {
  const tabulated = quality < DOUBLE_FROM ? TABULATED.single : TABULATED.double;
  const tap = isTabulated(stage, quality) ? tabulated : 1;
  return stage.to * (PER_SAMPLE + tap * tapsOf(stage, quality));
}

/** The taps of a stage's filter: `update_filter()` of `resample.c`. */
function tapsOf({ from, to }: Stage, quality: number): number {
  const taps = TAPS[quality]!;
  return from > to ? 8 * Math.ceil(Math.floor(taps * from / to) / 8) : taps;
}

/** Tells whether speexdsp has a table with the filter for each phase of a stage: `update_filter()` of `resample.c`. */
export function isTabulated(stage: Stage, quality: number): boolean {
  const taps = tapsOf(stage, quality);
  return taps * phasesOf(stage) <= taps * oversamplingOf(stage, quality) + 8;
}

function phasesOf({ from, to }: Stage): number {
  return to / greatestCommonDivisor(from, to);
}

function oversamplingOf({ from, to }: Stage, quality: number): number {
  let oversampling = OVERSAMPLING[quality]!;
  for (const ratio of [2, 4, 8, 16]) if (ratio * to < from) oversampling >>= 1;
  return Math.max(1, oversampling);
}

function divisors(value: number): number[] {
  const found: number[] = [];
  for (let divisor = 1; divisor * divisor <= value; divisor++) {
    if (value % divisor !== 0) continue;
    found.push(divisor);
    if (divisor * divisor < value) found.push(value / divisor);
  }
  return found;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

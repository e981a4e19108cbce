import { InvalidArgumentError } from "commander";
import { type Assertion, AssertionSyntaxError, parseAssertions } from "../../bench/mod.ts";

/** The highest rate that can be requested: one request each 100 ns. */
const MAX_RATE = 1e7;

/** An argument parser for rates, in requests per second. */
export function parseRate(text: string): number {
  const value = Number(text);
  if (/^\d{1,10}(\.\d{1,6})?$/.test(text) && value > 0 && value <= MAX_RATE) return value;
  throw new InvalidArgumentError(`Write requests a second, above 0 and up to ${MAX_RATE}.`);
}

/** An argument parser for shares such as `1%` or `0.5%`. Returns a number from 0 to 1. */
export function parseShare(text: string): number {
  const [, number] = /^(\d{1,3}(?:\.\d{1,6})?)%?$/.exec(text) ?? [];
  if (number !== undefined && Number(number) <= 100) return Number(number) / 100;
  throw new InvalidArgumentError("Write a share such as 1%, up to 100%.");
}

/** An argument parser for the conditions of `--assert`. */
export function parseConditions(text: string, previous: readonly Assertion[] = []): Assertion[] {
  try {
    return [...previous, ...parseAssertions(text)];
  } catch (cause) {
    if (!(cause instanceof AssertionSyntaxError)) throw cause;
    throw new InvalidArgumentError(`${cause.message}.`);
  }
}

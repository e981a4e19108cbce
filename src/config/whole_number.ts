/** Whole numbers as text. @module */
import { badValue } from "./error.ts";

/** Returns a parser of whole numbers from `min` to `max`, which throws {ConfigError} `BAD_VALUE`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,16}$/.test(text) && value >= min && value <= max) return value;
    throw badValue(`Write a whole number from ${min} to ${max}.`);
  };
}

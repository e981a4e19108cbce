/** The codes of all errors, and the search for one among the causes of an error. @module */
import type { ErrorCodes } from "./codes.ts";

export type { ErrorCodes };

/** A layer that throws errors of its own. */
export type Layer = keyof ErrorCodes;

/** The members of every error of this program. Its `cause` is the error of a lower layer, where there is one. */
export interface LayerError<L extends Layer = Layer> extends Error {
  readonly layer: L;
  /** Stable, unlike the message. */
  readonly code: ErrorCodes[L];
}

/** Causes to follow at most: a chain of ours has at most five. */
const MAX_CAUSES = 16;

/** Finds the first error of a layer among an error and its causes: one with any of the codes, if some are given. */
export function findError<L extends Layer>(
  error: unknown,
  layer: L,
  ...codes: ErrorCodes[L][]
): LayerError<L> | undefined {
  for (let i = 0; i <= MAX_CAUSES && error instanceof Error; i++, error = error.cause) {
    if (isOf(error, layer) && (codes.length === 0 || codes.includes(error.code))) return error;
  }
}

/** Returns true for an error of a layer, without its class, which would load the layer. */
function isOf<L extends Layer>(error: Error, layer: L): error is LayerError<L> {
  return "layer" in error && error.layer === layer && "code" in error;
}

/** Failures of nodes, as callers may learn of them. @module */
import { PipelineError } from "../pipeline/mod.ts";

/**
 * Names the node that has failed, and those that had ended before it, by the ids of the caller's manifest; undefined for
 * another error. The reason is not for the caller.
 */
export function failedNode(error: unknown): string | undefined {
  if (!(error instanceof PipelineError) || error.node === undefined) return undefined;
  const { node, completed } = error;
  const before = completed.length === 0
    ? "no other node had ended"
    : `${completed.join(", ")} had ended`;
  return `Node ${node} failed, when ${before}`;
}

/** Failures of nodes, as callers may learn of them. @module */
import { findError } from "../errors/mod.ts";
import type { PipelineError } from "../pipeline/mod.ts";

/**
 * Names the node that has failed, and the nodes that had ended before it, by the ids of the caller's manifest;
 * undefined for another error. The caller is not told the reason.
 */
export function failedNode(error: unknown): string | undefined {
  // By its layer and not its class, because most servers do not load the modules of pipelines.
  const failure = findError(error, "pipeline") as PipelineError | undefined;
  if (failure === undefined || failure.node === undefined) return undefined;
  const { node, completed } = failure;
  const before = completed.length === 0
    ? "no other node had ended"
    : `${completed.join(", ")} had ended`;
  return `Node ${node} failed, when ${before}`;
}

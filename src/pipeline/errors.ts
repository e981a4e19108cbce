/** Errors of pipelines. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";

/** The place of an error. */
export interface ErrorPlace {
  /** Id of the node at fault. */
  readonly node?: string;
  /** Keys and indices that lead to the wrong value of a manifest, such as `["nodes", 0, "type"]`. */
  readonly path?: readonly (string | number)[];
  /** Ids of the nodes that had ended, in order. */
  readonly completed?: readonly string[];
}

/** A manifest that cannot be used, or an execution that failed. */
export class PipelineError extends Error implements LayerError<"pipeline"> {
  override readonly name = "PipelineError";
  readonly layer = "pipeline";
  readonly code: ErrorCodes["pipeline"];
  readonly node: string | undefined;
  readonly path: readonly (string | number)[] | undefined;
  readonly completed: readonly string[];

  constructor(
    code: ErrorCodes["pipeline"],
    message: string,
    { node, path, completed = [], ...options }: ErrorPlace & ErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.node = node;
    this.path = path;
    this.completed = completed;
  }
}

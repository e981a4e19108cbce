/** Types of nodes. @module */
import type { ParameterSchemas, ParameterValues } from "./parameters.ts";
import type { Signer } from "./signer.ts";
import type { Kind, Value } from "./values.ts";

/** The resources of a running node. */
export interface NodeContext {
  /**
   * Counts the bytes of a buffer before it is allocated.
   *
   * @throws {PipelineError} LIMIT when the buffer, or all buffers of the execution, are too large
   */
  reserve(bytes: number): void;
  /** Signs and verifies with the keys of the server, for the caller of the execution. */
  readonly signer: Signer;
}

/**
 * The work of a node. It yields after each slice of at most a few milliseconds: between slices other work of the
 * thread runs, and the execution can be cancelled. A promise that it yields is awaited, as `settled()` does.
 */
export type Work = Generator<void | Promise<unknown>, Value, unknown>;

/** Returns the value of a promise to a node's work, or throws its error there. */
export function* settled<T>(promise: Promise<T>): Generator<Promise<T>, T, unknown> {
  return (yield promise) as T;
}

/** A type of nodes. */
export interface NodeType<S extends ParameterSchemas = ParameterSchemas> {
  /** The name in manifests. */
  readonly type: string;
  readonly description: string;
  /** The inputs by name, with the kinds that each accepts. The input `in` needs no name in a connection. */
  readonly inputs: Readonly<Record<string, readonly Kind[]>>;
  /** The kind of the output; `in`: that of the input `in`. */
  readonly output: Kind | "in";
  readonly parameters: S;
  /** Returns the fault of parameters that are valid one by one; undefined when there is none. */
  check?(parameters: ParameterValues<S>): string | undefined;
  /** Loads a library. Called before the first execution. */
  load?(): Promise<void>;
  /** Begins the work on inputs, which have the accepted kinds and valid audio. */
  run(
    inputs: Readonly<Record<string, Value>>,
    parameters: ParameterValues<S>,
    context: NodeContext,
  ): Work;
}

/** Declares a type of nodes, with the types of its parameters. */
export function defineNode<const S extends ParameterSchemas>(node: NodeType<S>): NodeType {
  return node as unknown as NodeType;
}

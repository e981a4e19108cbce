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
  /**
   * Counts bytes that the node, or a library, is about to allocate and keeps until the node ends.
   *
   * @throws {PipelineError} LIMIT when the nodes of the execution keep too much
   */
  reserveState(bytes: number): void;
  /** Signs and verifies with the keys of the server, for the caller of the execution. */
  readonly signer: Signer;
}

/** The values of a node's inputs by name. They have the accepted kinds, and valid audio. */
export type Inputs = Readonly<Record<string, Value>>;

/**
 * The work of a node. It yields after each slice of at most a few milliseconds: between slices other work of the
 * thread runs, and the execution can be cancelled. A promise that it yields is awaited, as `settled()` does.
 */
export type Work<T> = Generator<void | Promise<unknown>, T, unknown>;

/** Returns the value of a promise to a node's work, or throws its error there. */
export function* settled<T>(promise: Promise<T>): Generator<Promise<T>, T, unknown> {
  return (yield promise) as T;
}

/** A node of an execution, with its state. */
export interface NodeInstance extends Partial<Disposable> {
  /**
   * Processes the next part of a stream. An execution that is no stream has one part, its last.
   *
   * @param inputs undefined when the stream ends without a further part
   * @returns the output; undefined for none
   */
  push(inputs: Inputs | undefined, isLast: boolean): Work<Value | undefined>;
}

/** The declaration of a type of nodes, for manifests and their validation. */
interface NodeDeclaration<S extends ParameterSchemas> {
  /** The name in manifests. */
  readonly type: string;
  readonly description: string;
  /** The inputs by name, with the kinds that each accepts. The input `in` needs no name in a connection. */
  readonly inputs: Readonly<Record<string, readonly Kind[]>>;
  /** The kind of the output; `in`: that of the input `in`. */
  readonly output: Kind | "in";
  readonly parameters: S;
  /** True for a node that needs its whole input, and so cannot be in a stream. */
  readonly needsWhole?: true;
  /** Returns the fault of parameters that are valid one by one; undefined when there is none. */
  check?(parameters: ParameterValues<S>): string | undefined;
  /** Loads a library, once however often it is called. Called before each execution. */
  load?(): Promise<void>;
  /** Returns the memory of the library in bytes: it grows with the nodes that are open, and never shrinks. */
  libraryBytes?(): number;
}

/** A type of nodes. */
export interface NodeType<S extends ParameterSchemas = ParameterSchemas>
  extends NodeDeclaration<S> {
  /** Opens a node of an execution. */
  open(parameters: ParameterValues<S>, context: NodeContext): NodeInstance;
}

/** A type of nodes that processes each part of a stream by itself. */
interface StatelessNode<S extends ParameterSchemas> extends NodeDeclaration<S> {
  /** Begins the work on inputs. */
  run(inputs: Inputs, parameters: ParameterValues<S>, context: NodeContext): Work<Value>;
}

/** Declares a type of nodes, with the types of its parameters. */
export function defineNode<const S extends ParameterSchemas>(
  node: NodeType<S> | StatelessNode<S>,
): NodeType {
  if ("open" in node) return node as unknown as NodeType;
  const { run, ...declaration } = node;
  const type: NodeType<S> = {
    ...declaration,
    open: (parameters, context) => ({
      *push(inputs) {
        return inputs && (yield* run(inputs, parameters, context));
      },
    }),
  };
  return type as unknown as NodeType;
}

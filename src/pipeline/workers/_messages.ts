/** Messages between a serving thread and its worker of pipelines. @module */
import type { PipelineError } from "../errors.ts";
import type { ExecutionMetrics } from "../execution.ts";
import type { Manifest } from "../manifest.ts";
import type { SigningTask } from "../signer.ts";
import type { SentValue } from "../values.ts";

/** The first message to a worker. */
export interface OpenMessage {
  readonly kind: "open";
  /** The number of messages posted after this one, as an `Int32Array`. */
  readonly posted: SharedArrayBuffer;
}

/** Values by name. */
export type Entries = readonly (readonly [string, SentValue])[];

/** A message to the worker, after the first one. */
export type WorkerRequest =
  /** The next part of a stream, or the only one; the worker answers it. */
  | {
    readonly kind: "part";
    readonly id: number;
    /** With the first part. */
    readonly manifest: Manifest | undefined;
    readonly inputs: Entries | undefined;
    /** The memory of the request, which inputs may be views of. It returns with the answer. */
    readonly memory: ArrayBuffer | undefined;
    readonly isLast: boolean;
  }
  /** Ends the execution, without an answer. */
  | { readonly kind: "cancel"; readonly id: number }
  /** The signature, or the version that made it; or the message of the error. */
  | ({ readonly kind: "signed"; readonly id: number; readonly call: number } & Signed);

export type Signed =
  | { readonly result: Uint8Array | number; readonly failure?: undefined }
  | { readonly result?: undefined; readonly failure: string };

/** An error as a message has it. */
export interface SentError extends Pick<PipelineError, "code" | "message" | "node" | "completed"> {
  /** The number of the failed signature that caused it. */
  readonly call: number | undefined;
  /** The stack of another cause. */
  readonly cause: string | undefined;
}

/** A message of the worker. */
export type WorkerAnswer =
  /** The first one: it has loaded its modules and the libraries of nodes. */
  | { readonly kind: "ready" }
  /** Its last execution has ended, and the libraries of nodes keep memory that only the end of the thread gives back. */
  | { readonly kind: "grown" }
  | ExecutionAnswer;

/** A message of the worker about an execution. */
export type ExecutionAnswer =
  | {
    readonly kind: "done";
    readonly id: number;
    readonly outputs: Entries;
    readonly memory: ArrayBuffer | undefined;
    readonly metrics: ExecutionMetrics;
  }
  | { readonly kind: "failed"; readonly id: number; readonly error: SentError }
  | {
    readonly kind: "sign";
    readonly id: number;
    readonly call: number;
    readonly task: SigningTask;
    /** The signature to verify; undefined to sign. */
    readonly signature: Uint8Array | undefined;
  };

/** Returns the buffers of values and of a request, to transfer them. */
export function buffersOf(entries: Entries, memory: ArrayBuffer | undefined): ArrayBuffer[] {
  const buffers = entries.flatMap(([, value]) => {
    return value.kind === "json" ? [] : [value.bytes.buffer as ArrayBuffer];
  });
  return [...new Set(memory === undefined ? buffers : [...buffers, memory])];
}

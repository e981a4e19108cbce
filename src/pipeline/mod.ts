/**
 * Pipelines: graphs of nodes over audio, bytes and JSON, declared by manifests. There is no I/O: manifests and values
 * in, values out.
 *
 * @module
 */
export { type ErrorKind, PipelineCounters, type PipelineCounts } from "./counters.ts";
export { PipelineError } from "./errors.ts";
export {
  execute,
  type ExecuteOptions,
  Execution,
  type ExecutionMetrics,
  type ExecutionResult,
  type Outputs,
} from "./execution.ts";
export { type FormatName } from "./formats.ts";
export { topologicalOrder } from "./graph.ts";
export { MAX_BUFFER_BYTES, MAX_CHUNK_BYTES, MAX_NODES } from "./limits.ts";
export { type Manifest, MANIFEST_VERSION, readManifest } from "./manifest.ts";
export { defineNode } from "./node.ts";
export { expected as expectedValues } from "./parameters.ts";
export { type Plan, planOf, requireStream } from "./plan.ts";
export { createRegistry, type Registry } from "./registry.ts";
export { NO_SIGNER, type Signer, type SigningTask } from "./signer.ts";
export {
  type AudioBuffer,
  readJson,
  receiveValues,
  sendValues,
  type SentValue,
  type Value,
} from "./values.ts";

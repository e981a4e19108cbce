/** Execution of pipelines on a thread of their own. @module */
export * from "./pipeline_worker.ts";

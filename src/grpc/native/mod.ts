/** The native stack: gRPC over `src/http2`. @module */
export * from "./channel.ts";
export { DEFAULT_NATIVE_LIMITS, type NativeLimits } from "./limits.ts";
export { type NativeServerOptions, openNativeServer } from "./server.ts";
export { openWorkerPool, type WorkerPoolOptions, type WorkerSetup } from "./worker_pool.ts";
export { serveAsWorker, type WorkerServices } from "./worker.ts";

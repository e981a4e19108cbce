/** The native server on several threads: a pool in the main thread, and a worker in each other. @module */
export {
  type LoadingThread,
  openWorkerPool,
  type WorkerPoolOptions,
  type WorkerServer,
  type WorkerSetup,
} from "./worker_pool.ts";
export { serveAsWorker, type WorkerServices } from "./worker.ts";
